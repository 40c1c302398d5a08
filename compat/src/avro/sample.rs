//! Values as events have them: drawn at random, with what logical types promise.

use serde_json::Value;

use super::{
    tree::{AvroSchema, Kind, NodeId, Primitive},
    value::{DEPTH_LIMIT, Datum, to_json},
    witness::{Smallest, WEIGHT_LIMIT},
};
use crate::sample::Random;

/// Parts a value may have before what follows is as small as can be.
const PARTS: u32 = 400;

/// How deep it goes on drawing.
const DEEPEST: usize = 12;

/// Draws a value: in JSON and on the wire. Nothing for a schema without finite values.
pub(crate) fn draw(schema: &AvroSchema, random: &mut Random) -> Option<(Value, Vec<u8>)> {
    let mut drawing = Drawing {
        schema,
        smallest: Smallest::of(schema),
        random,
        left: PARTS,
    };
    let datum = drawing.value(schema.root, 0)?;
    Some((to_json(schema, schema.root, &datum), datum.bytes()))
}

struct Drawing<'a> {
    schema: &'a AvroSchema,
    smallest: Smallest<'a>,
    random: &'a mut Random,
    left: u32,
}

impl Drawing<'_> {
    fn value(&mut self, id: NodeId, depth: usize) -> Option<Datum> {
        if depth == DEPTH_LIMIT || !self.is_small(id) {
            return None;
        }
        self.left = self.left.saturating_sub(1);
        let is_ending = depth >= DEEPEST || self.left == 0;
        let depth = depth + 1;
        let schema = self.schema;
        Some(match schema.kind(id) {
            Kind::Primitive(primitive) => self.primitive(*primitive, id),
            Kind::Fixed(fixed) => Datum::Fixed(self.random.bytes(fixed.size as usize)),
            Kind::Forward => return None,
            Kind::Enum(symbols) if symbols.symbols.is_empty() => return None,
            Kind::Enum(symbols) => {
                let index = self.random.index(symbols.symbols.len());
                Datum::Enum(u32::try_from(index).ok()?)
            }
            Kind::Array(_) if is_ending => Datum::Array(Vec::new()),
            Kind::Array(inner) => Datum::Array(self.items(*inner, depth)?),
            Kind::Map(_) if is_ending => Datum::Map(Vec::new()),
            Kind::Map(inner) => Datum::Map(self.entries(*inner, depth)?),
            Kind::Record(record) => {
                let fields = record.fields.iter();
                let values = fields.map(|field| self.value(field.type_id, depth));
                Datum::Record(values.collect::<Option<_>>()?)
            }
            Kind::Union(union) => {
                let (index, branch) = self.branch(&union.branches, is_ending)?;
                Datum::Union(index, Box::new(self.value(branch, depth)?))
            }
        })
    }

    /// Whether a type has a value that is not too large.
    fn is_small(&self, id: NodeId) -> bool {
        let weight = self.smallest.weight(id);
        weight.is_some_and(|weight| weight <= WEIGHT_LIMIT)
    }

    /// One of the branches; the lightest where it is time to end.
    fn branch(&mut self, branches: &[NodeId], is_ending: bool) -> Option<(u32, NodeId)> {
        let numbered = (0..).zip(branches.iter().copied());
        let small: Vec<(u32, NodeId)> = numbered.filter(|(_, id)| self.is_small(*id)).collect();
        if is_ending {
            let lightest = small.iter().min_by_key(|(_, id)| self.smallest.weight(*id));
            return lightest.copied();
        }
        (!small.is_empty()).then(|| small[self.random.index(small.len())])
    }

    /// Items of one type: none where it has no value.
    fn items(&mut self, inner: NodeId, depth: usize) -> Option<Vec<Datum>> {
        if !self.is_small(inner) {
            return Some(Vec::new());
        }
        let count = self.random.below(4);
        (0..count).map(|_| self.value(inner, depth)).collect()
    }

    fn entries(&mut self, inner: NodeId, depth: usize) -> Option<Vec<(String, Datum)>> {
        let values = self.items(inner, depth)?;
        let keyed = (1..).zip(values).map(|(number, value)| {
            let word = self.random.words().replace(' ', "_");
            (format!("{word}{number}"), value)
        });
        Some(keyed.collect())
    }

    fn primitive(&mut self, primitive: Primitive, id: NodeId) -> Datum {
        let props = &self.schema.nodes[id as usize].props;
        let logical = props.iter().find(|(name, _)| name == "logicalType");
        let logical = logical
            .and_then(|(_, value)| value.as_str())
            .unwrap_or_default();
        let random = &mut *self.random;
        match primitive {
            Primitive::Null => Datum::Null,
            Primitive::Boolean => Datum::Boolean(random.percent(50)),
            Primitive::Int => Datum::Int(int(logical, random)),
            Primitive::Long => Datum::Long(long(logical, random)),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an example need not be exact"
            )]
            Primitive::Float => Datum::Float(random.amount() as f32),
            Primitive::Double => Datum::Double(random.amount()),
            Primitive::Bytes if logical == "decimal" => {
                let number = i32::try_from(random.small()).unwrap_or_default();
                Datum::Bytes(number.to_be_bytes().to_vec())
            }
            Primitive::Bytes => {
                let length = random.index(12);
                Datum::Bytes(random.bytes(length))
            }
            Primitive::String if logical == "uuid" => Datum::String(random.uuid()),
            Primitive::String => Datum::String(random.words()),
        }
    }
}

fn int(logical: &str, random: &mut Random) -> i32 {
    let number = match logical {
        "date" => random.millis() / 86_400_000,
        "time-millis" => random.millis() % 86_400_000,
        _ => i64::try_from(random.small()).unwrap_or_default(),
    };
    i32::try_from(number).unwrap_or_default()
}

fn long(logical: &str, random: &mut Random) -> i64 {
    match logical {
        "timestamp-millis" | "local-timestamp-millis" => random.millis(),
        "timestamp-micros" | "local-timestamp-micros" => random.millis() * 1_000,
        "timestamp-nanos" | "local-timestamp-nanos" => random.millis() * 1_000_000,
        "time-micros" => random.millis() % 86_400_000 * 1_000,
        _ => i64::try_from(random.small()).unwrap_or_default(),
    }
}
