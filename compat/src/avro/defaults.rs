//! Whether a field's default is a value of the field's type (specification, "Complex Types", and Java's looser reading).
//!
//! Java takes a default that fits any branch of a union, any string for an enum, and any string for bytes and fixed
//! types; so does this. A record's default may leave out fields that have a default themselves.

use serde_json::Value;

use crate::{TooComplex, limits::Budget};

use super::{
    numbers,
    tree::{Kind, Node, NodeId, Primitive, Record},
};

/// Steps for all defaults of one text; a step is one value held against one type.
const STEPS: u64 = 3_000_000;

pub(super) struct Check<'a> {
    nodes: &'a [Node],
    budget: Budget,
}

impl<'a> Check<'a> {
    pub(super) const fn new(nodes: &'a [Node]) -> Self {
        Self {
            nodes,
            budget: Budget::new(STEPS, "checking the defaults of an Avro schema"),
        }
    }

    /// Whether `value` fits the type, as the default of a field of the record `owner`.
    pub(super) fn fits(
        &mut self,
        type_id: NodeId,
        value: &Value,
        owner: NodeId,
    ) -> Result<bool, TooComplex> {
        self.budget.step()?;
        Ok(match &self.nodes[type_id as usize].kind {
            Kind::Primitive(primitive) => fits_primitive(*primitive, value),
            Kind::Enum(_) | Kind::Fixed(_) => value.is_string(),
            Kind::Array(inner) => match value {
                Value::Array(items) => self.all_fit(*inner, items.iter(), owner)?,
                _ => false,
            },
            Kind::Map(inner) => match value {
                Value::Object(entries) => self.all_fit(*inner, entries.values(), owner)?,
                _ => false,
            },
            Kind::Union(union) => {
                for &branch in &union.branches {
                    if self.fits(branch, value, owner)? {
                        return Ok(true);
                    }
                }
                false
            }
            Kind::Record(record) => self.fits_record(type_id, record, value, owner)?,
            Kind::Forward => false,
        })
    }

    fn all_fit<'v>(
        &mut self,
        type_id: NodeId,
        mut values: impl Iterator<Item = &'v Value>,
        owner: NodeId,
    ) -> Result<bool, TooComplex> {
        values.try_fold(true, |fit, value| {
            Ok(fit && self.fits(type_id, value, owner)?)
        })
    }

    fn fits_record(
        &mut self,
        record_id: NodeId,
        record: &Record,
        value: &Value,
        owner: NodeId,
    ) -> Result<bool, TooComplex> {
        let Value::Object(entries) = value else {
            return Ok(false);
        };
        if self.encloses(record_id, owner) {
            // Such a default would contain itself; Java does not know the record's fields yet and gives up.
            return Ok(false);
        }
        self.budget.steps(record.fields.len() as u64)?;
        for field in &record.fields {
            let fits = match entries.get(&*field.name) {
                Some(value) => self.fits(field.type_id, value, owner)?,
                None => field.default.is_some(),
            };
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the definition of `outer` contains that of `inner`, or is it.
    fn encloses(&self, outer: NodeId, inner: NodeId) -> bool {
        let mut id = inner;
        loop {
            let parent = self.nodes[id as usize].at.parent;
            if id == outer || parent == id {
                return id == outer;
            }
            id = parent;
        }
    }
}

fn fits_primitive(primitive: Primitive, value: &Value) -> bool {
    match (primitive, value) {
        (Primitive::Null, Value::Null)
        | (Primitive::Boolean, Value::Bool(_))
        | (Primitive::Bytes | Primitive::String, Value::String(_))
        | (Primitive::Float | Primitive::Double, Value::Number(_)) => true,
        // What was a text before it was read as a double.
        (Primitive::Float | Primitive::Double, Value::String(text)) => {
            matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity")
        }
        (Primitive::Int, Value::Number(number)) => {
            numbers::is_integral(number) && number.as_str().parse::<i32>().is_ok()
        }
        (Primitive::Long, Value::Number(number)) => {
            numbers::is_integral(number) && number.as_str().parse::<i64>().is_ok()
        }
        _ => false,
    }
}
