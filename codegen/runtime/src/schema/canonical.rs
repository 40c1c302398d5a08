//! The parsing canonical form (specification, "Parsing Canonical Form for Schemas").

use alloc::collections::BTreeSet;
use alloc::{borrow::ToOwned, format, string::String, vec, vec::Vec};
use core::fmt::Write as _;

use super::{Kind, NodeId, Schema};

impl Schema {
    /// The text in which only what matters for reading is left, in one spelling. References are written out.
    pub fn canonical_form(&self) -> String {
        let mut printer = Printer {
            schema: self,
            known: BTreeSet::new(),
            out: String::new(),
            pieces: vec![Piece::Type(self.root)],
        };
        while let Some(piece) = printer.pieces.pop() {
            match piece {
                Piece::Text(text) => printer.out.push_str(&text),
                Piece::Type(id) => printer.node(id),
            }
        }
        printer.out
    }
}

struct Printer<'a> {
    schema: &'a Schema,
    known: BTreeSet<NodeId>,
    out: String,
    /// What is still to be printed, the last first: a stack of its own, because types nest in any depth through names.
    pieces: Vec<Piece>,
}

enum Piece {
    Type(NodeId),
    Text(String),
}

impl Printer<'_> {
    fn node(&mut self, id: NodeId) {
        let kind = self.schema.kind(id);
        if let Some(named) = kind.named()
            && !self.known.insert(id)
        {
            quote(named.name.full(), &mut self.out);
            return;
        }
        match kind {
            Kind::Primitive(primitive) => quote(primitive.name(), &mut self.out),
            Kind::Array(inner) => self.wrapped("{\"type\":\"array\",\"items\":", *inner),
            Kind::Map(inner) => self.wrapped("{\"type\":\"map\",\"values\":", *inner),
            Kind::Union(branches) => {
                let branches = branches.iter().map(|&branch| (String::new(), branch, ""));
                self.list("[", branches.collect(), "]");
            }
            Kind::Record(record) => {
                self.head(record.named.name.full(), "record");
                let fields = record.fields.iter().map(|field| {
                    let mut head = "{\"name\":".to_owned();
                    quote(&field.name, &mut head);
                    head.push_str(",\"type\":");
                    (head, field.type_id, "}")
                });
                self.list(",\"fields\":[", fields.collect(), "]}");
            }
            Kind::Enum(symbols) => {
                self.head(symbols.named.name.full(), "enum");
                self.out.push_str(",\"symbols\":[");
                for (index, symbol) in symbols.symbols.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    quote(symbol, &mut self.out);
                }
                self.out.push_str("]}");
            }
            Kind::Fixed(fixed) => {
                self.head(fixed.named.name.full(), "fixed");
                let _ = write!(self.out, ",\"size\":{}}}", fixed.size);
            }
        }
    }

    fn head(&mut self, name: &str, kind: &str) {
        self.out.push_str("{\"name\":");
        quote(name, &mut self.out);
        let _ = write!(self.out, ",\"type\":\"{kind}\"");
    }

    fn wrapped(&mut self, head: &str, inner: NodeId) {
        self.out.push_str(head);
        self.pieces.push(Piece::Text("}".to_owned()));
        self.pieces.push(Piece::Type(inner));
    }

    /// Types with what stands before and behind each, separated by commas.
    fn list(&mut self, open: &str, items: Vec<(String, NodeId, &str)>, close: &str) {
        self.out.push_str(open);
        self.pieces.push(Piece::Text(close.to_owned()));
        for (index, (before, id, behind)) in items.into_iter().enumerate().rev() {
            self.pieces.push(Piece::Text(behind.to_owned()));
            self.pieces.push(Piece::Type(id));
            let comma = if index > 0 { "," } else { "" };
            self.pieces.push(Piece::Text(format!("{comma}{before}")));
        }
    }
}

/// Names and symbols need no escapes, unless a lenient registry took what needs some.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}
