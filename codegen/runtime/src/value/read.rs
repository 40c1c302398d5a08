//! Reading values with a schema, straight or by a plan.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec, vec::Vec};

use super::Value;
use crate::{
    At, Error, Reader,
    plan::{Action, Node, Promotion, Shape},
    schema::{Kind, NodeId, Primitive, Record, Schema},
};

/// The stack that one level of a value takes while it is read.
const LEVEL: usize = 512;

/// Reads what was written with the same schema.
pub(super) fn read(schema: &Schema, id: NodeId, input: &mut Reader<'_>) -> Result<Value, Error> {
    Ok(match schema.kind(id) {
        Kind::Primitive(primitive) => read_primitive(*primitive, input)?,
        Kind::Fixed(fixed) => Value::Fixed(input.take(fixed.size)?.to_vec()),
        Kind::Enum(symbols) => {
            let index = input.symbol()?;
            if index >= symbols.symbols.len() {
                return Err(input.no_symbol(index));
            }
            Value::Enum(number(index))
        }
        Kind::Union(branches) => {
            let index = input.branch()?;
            let branch = usize::try_from(index).ok();
            let branch = branch.and_then(|index| branches.get(index));
            let branch = *branch.ok_or_else(|| input.no_branch(index))?;
            let value = within(input, |input| read(schema, branch, input))?;
            Value::Union(u32::try_from(index).unwrap_or(u32::MAX), Box::new(value))
        }
        Kind::Array(inner) => array(input, |input| read(schema, *inner, input))?,
        Kind::Map(inner) => map(input, |input| read(schema, *inner, input))?,
        Kind::Record(record) => within(input, |input| {
            input.spend(record.fields.len() * size_of::<Value>())?;
            let fields = record.fields.iter();
            let values = fields.map(|field| read(schema, field.type_id, input));
            Ok(Value::Record(values.collect::<Result<_, _>>()?))
        })?,
    })
}

/// Reads what was written as a node of a plan says.
pub(super) fn resolve(
    schema: &Schema,
    id: NodeId,
    at: At<'_>,
    input: &mut Reader<'_>,
) -> Result<Value, Error> {
    let at = at.settle(input)?;
    Ok(match (at.node, schema.kind(id)) {
        (Node::Same, _) => read(schema, id, input)?,
        (Node::Promote(promotion), Kind::Primitive(primitive)) => {
            promote(*promotion, *primitive, input)?
        }
        (Node::Array(node), Kind::Array(inner)) => {
            let node = at.node(*node);
            array(input, |input| resolve(schema, *inner, node, input))?
        }
        (Node::Map(node), Kind::Map(inner)) => {
            let node = at.node(*node);
            map(input, |input| resolve(schema, *inner, node, input))?
        }
        (Node::Record(_), Kind::Record(record)) => {
            within(input, |input| resolve_record(schema, record, at, input))?
        }
        (Node::Enum(_), Kind::Enum(_)) => Value::Enum(number(at.symbol(input)?)),
        (Node::Branch(index, node), Kind::Union(branches)) => {
            let Some(&branch) = branches.get(*index as usize) else {
                return Err(input.misfit());
            };
            let node = at.node(*node);
            let value = within(input, |input| resolve(schema, branch, node, input))?;
            Value::Union(*index, Box::new(value))
        }
        _ => return Err(input.misfit()),
    })
}

fn resolve_record(
    schema: &Schema,
    record: &Record,
    at: At<'_>,
    input: &mut Reader<'_>,
) -> Result<Value, Error> {
    let Shape::Steps(mut steps) = at.record(input)? else {
        return Err(input.misfit());
    };
    input.spend(record.fields.len() * size_of::<Value>())?;
    let mut values = vec![Value::Null; record.fields.len()];
    while let Some(step) = steps.next(input)? {
        let Some(field) = record.fields.get(step.target() as usize) else {
            step.skip(input)?;
            continue;
        };
        let id = field.type_id;
        let value = match step.action() {
            (Action::Same, _) => read(schema, id, input)?,
            (Action::Node(node), root) => resolve(schema, id, root.node(*node), input)?,
            (Action::Default(bytes), _) => input.aside(bytes, |input| read(schema, id, input))?,
            (Action::Skip(_), _) => return Err(input.misfit()),
        };
        if let Some(place) = values.get_mut(step.target() as usize) {
            *place = value;
        }
    }
    Ok(Value::Record(values))
}

/// One level further down.
fn within<'a, T>(
    input: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<T, Error> {
    let level = input.descend(LEVEL)?;
    let value = read(input)?;
    input.ascend(level);
    Ok(value)
}

fn array<'a>(
    input: &mut Reader<'a>,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<Value, Error>,
) -> Result<Value, Error> {
    let level = input.descend(LEVEL)?;
    let mut items = Vec::new();
    loop {
        let count = input.block()?;
        if count == 0 {
            input.ascend(level);
            return Ok(Value::Array(items));
        }
        items.reserve(input.room_for(count, size_of::<Value>())?);
        for _ in 0..count {
            items.push(item(input)?);
        }
    }
}

fn map<'a>(
    input: &mut Reader<'a>,
    mut value: impl FnMut(&mut Reader<'a>) -> Result<Value, Error>,
) -> Result<Value, Error> {
    let level = input.descend(LEVEL)?;
    let mut entries = Vec::new();
    loop {
        let count = input.block()?;
        if count == 0 {
            input.ascend(level);
            return Ok(Value::Map(entries));
        }
        entries.reserve(input.room_for(count, size_of::<(String, Value)>())?);
        for _ in 0..count {
            let key = input.text()?.to_owned();
            entries.push((key, value(input)?));
        }
    }
}

fn read_primitive(primitive: Primitive, input: &mut Reader<'_>) -> Result<Value, Error> {
    Ok(match primitive {
        Primitive::Null => Value::Null,
        Primitive::Boolean => Value::Boolean(input.boolean()?),
        Primitive::Int => Value::Int(input.int()?),
        Primitive::Long => Value::Long(input.long()?),
        Primitive::Float => Value::Float(input.float()?),
        Primitive::Double => Value::Double(input.double()?),
        Primitive::Bytes => Value::Bytes(input.bytes()?.to_vec()),
        Primitive::String => Value::String(input.text()?.to_owned()),
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the specification promotes int and long to float and double, whatever is lost"
)]
fn promote(
    promotion: Promotion,
    primitive: Primitive,
    input: &mut Reader<'_>,
) -> Result<Value, Error> {
    Ok(match (promotion, primitive) {
        (Promotion::Int, Primitive::Long) => Value::Long(input.int()?.into()),
        (Promotion::Int, Primitive::Float) => Value::Float(input.int()? as f32),
        (Promotion::Int, Primitive::Double) => Value::Double(input.int()?.into()),
        (Promotion::Long, Primitive::Float) => Value::Float(input.long()? as f32),
        (Promotion::Long, Primitive::Double) => Value::Double(input.long()? as f64),
        (Promotion::Float, Primitive::Double) => Value::Double(input.float()?.into()),
        (Promotion::Text, Primitive::Bytes) => Value::Bytes(input.text()?.as_bytes().to_vec()),
        (Promotion::Bytes, Primitive::String) => {
            Value::String(String::from_utf8_lossy(input.bytes()?).into_owned())
        }
        _ => return Err(input.misfit()),
    })
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
