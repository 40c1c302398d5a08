//! Members of a oneof that could be set together before.

use prost_reflect::{DynamicMessage, FieldDescriptor, Value};

use super::{Pair, confirm, values};

/// Members of a oneof that are paired with each other.
const MAX_MEMBERS: usize = 32;

/// A message with two fields set that the reader's oneof excludes from each other: only the later one arrives. With
/// it come their numbers.
pub(super) fn excluded(pair: &Pair, oneof: &str) -> Option<(DynamicMessage, [u32; 2])> {
    let oneof = pair
        .reader
        .oneofs()
        .find(|one| one.name() == oneof && !one.is_synthetic())?;
    let members: Vec<Member> = oneof
        .fields()
        .filter_map(|field| Member::of(pair, field.number()))
        .take(MAX_MEMBERS)
        .collect();
    let apart = |one: &Member, other: &Member| one.group.is_none() || one.group != other.group;
    for (position, one) in members.iter().enumerate() {
        for other in members
            .iter()
            .skip(position + 1)
            .filter(|other| apart(one, other))
        {
            let mut message = DynamicMessage::new(pair.writer.clone());
            for member in [one, other] {
                message
                    .try_set_field(&member.field, member.value.clone())
                    .ok()?;
            }
            let numbers = [one.field.number(), other.field.number()];
            if confirm::is_changed(&message, &numbers, &pair.reader)? {
                return Some((message, numbers));
            }
        }
    }
    None
}

/// A field of the writer that arrives when it is set alone.
struct Member {
    field: FieldDescriptor,
    value: Value,
    /// The writer's oneof that it is in.
    group: Option<String>,
}

impl Member {
    fn of(pair: &Pair, number: u32) -> Option<Self> {
        let field = pair.writer.get_field(number)?;
        let arrives = |value: &Value| {
            let mut message = DynamicMessage::new(pair.writer.clone());
            message.try_set_field(&field, value.clone()).is_ok()
                && message.has_field(&field)
                && confirm::is_changed(&message, &[number], &pair.reader) == Some(false)
        };
        let value = values::of(&field).into_iter().find(arrives)?;
        let group = written_oneof(&field);
        Some(Self {
            field,
            value,
            group,
        })
    }
}

/// The name of the oneof a field is in, unless it only stands for proto3's `optional`.
pub(super) fn written_oneof(field: &FieldDescriptor) -> Option<String> {
    let oneof = field.containing_oneof().filter(|one| !one.is_synthetic())?;
    Some(oneof.name().to_owned())
}
