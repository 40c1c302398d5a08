//! Changes to JSON texts: what people do to schemas, and what nobody should.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Value};

/// What a format's texts are made of.
pub struct Words {
    /// Values that may stand anywhere.
    pub leaves: fn(&mut Unstructured<'_>) -> Result<Value>,
    /// Members of objects that mean something.
    pub members: fn(&mut Unstructured<'_>) -> Result<(&'static str, Value)>,
}

/// A changed copy.
pub fn evolve(u: &mut Unstructured<'_>, original: &Value, words: &Words) -> Result<Value> {
    let mut changed = original.clone();
    for _ in 0..u.int_in_range(1..=4)? {
        let place = descend(u, &mut changed)?;
        change(u, place, words)?;
    }
    Ok(changed)
}

/// A place somewhere inside.
fn descend<'a>(u: &mut Unstructured<'_>, value: &'a mut Value) -> Result<&'a mut Value> {
    let mut place = value;
    for _ in 0..u.int_in_range(0..=10)? {
        let count = match &*place {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if count == 0 {
            break;
        }
        let at = u.choose_index(count)?;
        place = match place {
            Value::Array(items) => &mut items[at],
            Value::Object(members) => members.values_mut().nth(at).expect("there are as many"),
            _ => unreachable!("only these have a count"),
        };
    }
    Ok(place)
}

fn change(u: &mut Unstructured<'_>, place: &mut Value, words: &Words) -> Result<()> {
    match place {
        Value::Array(items) if u.ratio(3, 4)? => change_items(u, items, words),
        Value::Object(members) if u.ratio(3, 4)? => change_members(u, members, words),
        _ => {
            *place = match u.int_in_range(0..=3)? {
                0 => Value::Array(vec![Value::from("null"), place.take()]),
                1 => Value::Array(vec![place.take()]),
                _ => (words.leaves)(u)?,
            };
            Ok(())
        }
    }
}

fn change_items(u: &mut Unstructured<'_>, items: &mut Vec<Value>, words: &Words) -> Result<()> {
    let at = u.choose_index(items.len().max(1))?;
    match u.int_in_range(0..=3)? {
        0 if !items.is_empty() => drop(items.remove(at)),
        1 if !items.is_empty() => items.rotate_left(at),
        2 if !items.is_empty() => items.push(items[at].clone()),
        _ => items.insert(at.min(items.len()), (words.leaves)(u)?),
    }
    Ok(())
}

fn change_members(
    u: &mut Unstructured<'_>,
    members: &mut Map<String, Value>,
    words: &Words,
) -> Result<()> {
    let at = u.choose_index(members.len().max(1))?;
    let key = members.keys().nth(at).cloned();
    match (u.int_in_range(0..=3)?, key) {
        (0, Some(key)) => drop(members.remove(&key)),
        (1, Some(key)) => {
            let value = members.remove(&key).expect("it is there");
            members.insert(
                ["a", "b", "c", "x"][usize::from(u.int_in_range(0..=3_u8)?)].to_owned(),
                value,
            );
        }
        (2, Some(key)) => drop(members.insert(key, (words.leaves)(u)?)),
        _ => {
            let (key, value) = (words.members)(u)?;
            members.insert(key.to_owned(), value);
        }
    }
    Ok(())
}
