//! Translates the texts into the [model](super::model).
//!
//! One schema may say things of several classes at once. They are taken out of it in a fixed order (`enum`, the
//! combinators, `not`, `const`, `type`, then the keyword families that no type has claimed), and if there is more than
//! one, the schema is the `allOf` of them. The newer drafts differ in little: `$ref` is one more of these, `format`
//! constrains nothing, and tuples are written `prefixItems`.
//!
//! Schemas are translated from a list of pending ones, not by recursion: a chain of references may be as long as the
//! text allows.

mod families;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    documents::{Documents, references},
    draft::Draft,
    location::Location,
    model::{Combined, Criterion, Kind, Labels, Member, Model, Node, NodeId, Written},
    text::quoted,
    value_key::{value_digest, value_key},
};
use crate::SchemaError;
use families::Family;

/// Builds the model of the submitted text and of all it reaches.
pub(super) fn translate(documents: &Documents<'_>) -> Result<Model, SchemaError> {
    let mut translation = Translation {
        documents,
        nodes: Vec::new(),
        known: HashMap::new(),
        pending: Vec::new(),
    };
    let root = translation.node(documents.root.clone());
    while let Some((id, location)) = translation.pending.pop() {
        let kind = translation.kind(&location)?;
        translation.nodes[id.0 as usize].kind = kind;
    }
    let mut model = Model {
        root,
        nodes: translation.nodes,
    };
    shorten_references(&mut model)?;
    Ok(model)
}

struct Translation<'d, 'a> {
    documents: &'d Documents<'a>,
    nodes: Vec<Node>,
    /// Nodes by the address of their text, so that all references to a schema share one node.
    known: HashMap<usize, NodeId>,
    pending: Vec<(NodeId, Location<'a>)>,
}

impl<'a> Translation<'_, 'a> {
    /// The node of a schema, which is translated later if it is new.
    fn node(&mut self, location: Location<'a>) -> NodeId {
        if let Some(&known) = self.known.get(&location.address()) {
            return known;
        }
        let id = self.push(&location, labels(&location), Kind::Empty);
        self.known.insert(location.address(), id);
        self.pending.push((id, location));
        id
    }

    fn push(&mut self, location: &Location<'a>, labels: Option<Box<Labels>>, kind: Kind) -> NodeId {
        let id = NodeId(
            u32::try_from(self.nodes.len())
                .expect("a text has fewer schemas than bytes, and these fit"),
        );
        self.nodes.push(Node {
            place: location.place.clone(),
            written: Written::of(location.keywords()),
            labels,
            kind,
        });
        id
    }

    fn kind(&mut self, location: &Location<'a>) -> Result<Kind, SchemaError> {
        match location.value {
            Value::Bool(true) => Ok(Kind::True),
            Value::Bool(false) => Ok(Kind::False),
            Value::Object(keywords) => {
                let mut parts = self.parts(location, keywords)?;
                Ok(match parts.len() {
                    0 => Kind::Empty,
                    1 => parts.remove(0),
                    _ => self.combined_parts(location, Criterion::All, parts),
                })
            }
            other => Err(SchemaError(format!(
                "the schema at {} must be an object, true or false, not {}",
                location.in_words(),
                super::text::kind(other)
            ))),
        }
    }

    /// The things a schema says, class by class.
    fn parts(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
    ) -> Result<Vec<Kind>, SchemaError> {
        let draft = location.draft;
        let mut parts = Vec::new();
        for reference in references(location)? {
            let target = self.documents.resolve(location, reference)?;
            parts.push(Kind::Reference(self.node(target)));
        }
        if !draft.is_modern() && !parts.is_empty() {
            return Ok(parts);
        }
        if let Some(Value::Array(values)) = keywords.get("enum") {
            parts.push(Kind::Enum(values.iter().map(value_key).collect()));
        }
        for criterion in [Criterion::All, Criterion::Any, Criterion::One] {
            if let Some(Value::Array(members)) = keywords.get(criterion.keyword()) {
                parts.push(self.combined(location, criterion, members));
            }
        }
        if let Some(value) = keywords.get("not") {
            parts.push(Kind::Not(self.node(location.child(&["not"], value))));
        }
        if let Some(value) = keywords.get("const").filter(|_| draft >= Draft::Six) {
            parts.push(Kind::Const(value_key(value)));
        }
        self.typed_parts(location, keywords, &mut parts)?;
        let conditional: &[&str] = match draft {
            Draft::Four | Draft::Six => &[],
            Draft::Seven => &["if", "then", "else"],
            Draft::Y2019 | Draft::Y2020 => &["if"],
        };
        if conditional
            .iter()
            .any(|keyword| keywords.contains_key(*keyword))
        {
            parts.push(Kind::Conditional);
        }
        Ok(parts)
    }

    /// What `type` says, with the keywords it claims, and then the families it does not claim.
    fn typed_parts(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
        parts: &mut Vec<Kind>,
    ) -> Result<(), SchemaError> {
        let mut unclaimed = Family::present(keywords, location.draft);
        match keywords.get("type") {
            Some(Value::String(name)) => {
                parts.push(self.typed(location, keywords, name, &mut unclaimed)?);
            }
            Some(Value::Array(names)) => {
                let types = names.iter().filter_map(Value::as_str);
                let types: Vec<Kind> = types
                    .map(|name| self.typed(location, keywords, name, &mut unclaimed))
                    .collect::<Result<_, _>>()?;
                parts.push(self.combined_parts(location, Criterion::Any, types));
            }
            _ => {}
        }
        for family in unclaimed {
            parts.push(self.family(location, keywords, family));
        }
        Ok(())
    }

    /// What a name in `type` stands for, with the keywords of its family, which it claims.
    fn typed(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
        name: &str,
        unclaimed: &mut Vec<Family>,
    ) -> Result<Kind, SchemaError> {
        let family = match name {
            "null" => return Ok(Kind::Null),
            "boolean" => return Ok(Kind::Boolean),
            "string" => Family::String,
            "number" | "integer" => Family::Number,
            "object" => Family::Object,
            "array" => Family::Array,
            other => {
                return Err(SchemaError(format!(
                    "the type {} at {} does not exist",
                    quoted(other),
                    location.in_words()
                )));
            }
        };
        unclaimed.retain(|other| *other != family);
        let mut kind = self.family(location, keywords, family);
        if let Kind::Number(rules) = &mut kind {
            rules.requires_integer = name == "integer";
        }
        Ok(kind)
    }

    /// A combinator as it is written.
    fn combined(
        &mut self,
        location: &Location<'a>,
        criterion: Criterion,
        members: &'a [Value],
    ) -> Kind {
        let mut distinct: Vec<Member> = Vec::with_capacity(members.len());
        let mut seen = std::collections::HashSet::new();
        for (position, value) in members.iter().enumerate() {
            let digest = value_digest(value);
            if seen.insert(digest) {
                let child = location.child(&[criterion.keyword(), &position.to_string()], value);
                distinct.push(Member {
                    node: self.node(child),
                    digest: Some(digest),
                });
            }
        }
        Kind::Combined(Combined {
            criterion,
            written: members.len(),
            members: distinct,
        })
    }

    /// A combination that is not written as such.
    fn combined_parts(
        &mut self,
        location: &Location<'a>,
        criterion: Criterion,
        parts: Vec<Kind>,
    ) -> Kind {
        let members: Vec<Member> = parts
            .into_iter()
            .map(|kind| Member {
                node: self.push(location, None, kind),
                digest: None,
            })
            .collect();
        Kind::Combined(Combined {
            criterion,
            written: members.len(),
            members,
        })
    }
}

fn labels(location: &Location<'_>) -> Option<Box<Labels>> {
    let keywords = location.keywords()?;
    let text = |keyword: &str| keywords.get(keyword).and_then(Value::as_str).map(Box::from);
    // From 2019-09 on, the root's `$id` is only the base of its references, and the protocol reports no change of it.
    let is_base_only = location.draft.is_modern() && location.place.is_submitted_root();
    let labels = Labels {
        id: location.id().filter(|_| !is_base_only).map(Box::from),
        title: text("title"),
        description: text("description"),
        default: keywords.get("default").map(value_key),
        is_connect_bytes: keywords.get("connect.type").and_then(Value::as_str) == Some("bytes"),
    };
    let is_bare = labels.id.is_none()
        && labels.title.is_none()
        && labels.description.is_none()
        && labels.default.is_none()
        && !labels.is_connect_bytes;
    (!is_bare).then(|| Box::new(labels))
}

/// Lets every reference lead straight to a schema that is none, and refuses those that lead only to each other.
fn shorten_references(model: &mut Model) -> Result<(), SchemaError> {
    for start in 0..model.nodes.len() {
        let mut chain = Vec::new();
        let mut at = start;
        while let Kind::Reference(next) = model.nodes[at].kind {
            if chain.len() > model.nodes.len() {
                return Err(SchemaError(format!(
                    "the reference at {} leads only to itself",
                    model.nodes[start].place.in_words("")
                )));
            }
            chain.push(at);
            at = next.0 as usize;
        }
        let target = NodeId(u32::try_from(at).expect("it was a node's number"));
        for link in chain {
            model.nodes[link].kind = Kind::Reference(target);
        }
    }
    Ok(())
}
