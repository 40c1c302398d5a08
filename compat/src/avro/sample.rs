//! Values as events have them: drawn at random, with what logical types promise.

use serde_json::Value;

use super::{
    tree::{AvroSchema, Kind, NodeId, Primitive},
    value::{DEPTH_LIMIT, Datum, to_json},
    witness::Smallest,
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
        if depth >= DEEPEST.min(DEPTH_LIMIT) || self.left == 0 {
            return self.smallest.at(id);
        }
        self.left -= 1;
        let depth = depth + 1;
        let schema = self.schema;
        Some(match schema.kind(id) {
            Kind::Primitive(primitive) => self.primitive(*primitive, id),
            Kind::Fixed(fixed) if fixed.size <= 64 => {
                Datum::Fixed(self.random.bytes(fixed.size as usize))
            }
            Kind::Fixed(_) | Kind::Forward => return self.smallest.at(id),
            Kind::Enum(symbols) if symbols.symbols.is_empty() => return None,
            Kind::Enum(symbols) => {
                let index = self.random.index(symbols.symbols.len());
                Datum::Enum(u32::try_from(index).ok()?)
            }
            Kind::Array(inner) => Datum::Array(self.items(*inner, depth)?),
            Kind::Map(inner) => {
                let values = self.items(*inner, depth)?;
                let keys = (1..)
                    .map(|number| format!("{}{number}", self.random.words().replace(' ', "_")));
                let keys: Vec<String> = keys.take(values.len()).collect();
                Datum::Map(keys.into_iter().zip(values).collect())
            }
            Kind::Record(record) => {
                let mut fields = Vec::with_capacity(record.fields.len());
                for field in &record.fields {
                    fields.push(self.value(field.type_id, depth)?);
                }
                Datum::Record(fields)
            }
            Kind::Union(union) => {
                let finite =
                    |(_, branch): &(u32, &NodeId)| self.smallest.weight(**branch).is_some();
                let branches: Vec<(u32, &NodeId)> =
                    (0..).zip(&union.branches).filter(finite).collect();
                if branches.is_empty() {
                    return None;
                }
                let (index, branch) = branches[self.random.index(branches.len())];
                Datum::Union(index, Box::new(self.value(*branch, depth)?))
            }
        })
    }

    /// Items of one type: none where it has no finite value.
    fn items(&mut self, inner: NodeId, depth: usize) -> Option<Vec<Datum>> {
        if self.smallest.weight(inner).is_none() {
            return Some(Vec::new());
        }
        let count = self.random.below(4);
        (0..count).map(|_| self.value(inner, depth)).collect()
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
