//! Protobuf messages: each field drawn, the well-known types with what they promise.

use std::collections::HashMap;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions,
    Value,
};

use super::{NoSample, Random, Sample, TRIES};

/// How deep messages go inside each other; deeper ones stay empty but for what is required.
const DEEPEST: usize = 6;

/// How deep required fields are followed. A message that needs itself has no value.
const DEEPEST_REQUIRED: usize = 40;

/// Fields that are set in one message, counted over all levels.
const FIELDS: u32 = 500;

/// Draws a message of a file, by its name or the first.
pub(super) fn draw(
    pool: &DescriptorPool,
    name: Option<&str>,
    random: &mut Random,
) -> Result<Sample, NoSample> {
    let descriptor = match name {
        Some(name) => pool
            .get_message_by_name(name)
            .ok_or(NoSample("the schema has no message of that name"))?,
        None => pool
            .files()
            .last()
            .and_then(|file| file.messages().next())
            .ok_or(NoSample("the schema has no message"))?,
    };
    for _ in 0..TRIES {
        let mut drawing = Drawing {
            random: &mut *random,
            left: FIELDS,
        };
        let Some(message) = drawing.message(&descriptor, 0) else {
            continue;
        };
        let value =
            message.serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new());
        if let Ok(value) = value {
            return Ok(Sample {
                value,
                bytes: message.encode_to_vec(),
            });
        }
    }
    Err(NoSample(
        "no example was found: a message requires itself, or a value has no form in JSON",
    ))
}

struct Drawing<'a> {
    random: &'a mut Random,
    left: u32,
}

impl Drawing<'_> {
    /// A message; nothing where what it requires has no end.
    fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> Option<DynamicMessage> {
        if depth > DEEPEST_REQUIRED {
            return None;
        }
        let mut message = DynamicMessage::new(descriptor.clone());
        if self.well_known(&mut message, descriptor) {
            return Some(message);
        }
        let mut taken: HashMap<String, String> = HashMap::new();
        for oneof in descriptor.oneofs() {
            let fields: Vec<FieldDescriptor> = oneof.fields().collect();
            if !fields.is_empty() {
                let chosen = &fields[self.random.index(fields.len())];
                taken.insert(oneof.full_name().to_owned(), chosen.full_name().to_owned());
            }
        }
        for field in descriptor.fields() {
            let other_is_taken = field.containing_oneof().is_some_and(|oneof| {
                taken
                    .get(oneof.full_name())
                    .is_some_and(|chosen| chosen != field.full_name())
            });
            let is_wanted = field.is_required()
                || !other_is_taken && depth < DEEPEST && self.left > 0 && self.random.percent(85);
            if !is_wanted {
                continue;
            }
            self.left = self.left.saturating_sub(1);
            match self.field(&field, depth + 1) {
                Some(value) => message.try_set_field(&field, value).ok()?,
                None if field.is_required() => return None,
                None => {}
            }
        }
        Some(message)
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Option<Value> {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                return None;
            };
            let mut entries = HashMap::new();
            for _ in 0..self.random.below(3) {
                let key = self.single(&entry.map_entry_key_field().kind(), depth)?;
                let value = self.single(&entry.map_entry_value_field().kind(), depth)?;
                // Only the first of equal keys counts.
                entries.entry(key.into_map_key()?).or_insert(value);
            }
            return Some(Value::Map(entries));
        }
        if field.is_list() {
            let count = self.random.below(4);
            let items = (0..count).map(|_| self.single(&field.kind(), depth));
            return Some(Value::List(items.collect::<Option<_>>()?));
        }
        self.single(&field.kind(), depth)
    }

    fn single(&mut self, kind: &Kind, depth: usize) -> Option<Value> {
        let random = &mut *self.random;
        let small = i32::try_from(random.small()).unwrap_or_default();
        Some(match kind {
            Kind::Double => Value::F64(random.amount()),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an example need not be exact"
            )]
            Kind::Float => Value::F32(random.amount() as f32),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(small),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(small.into()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(small.unsigned_abs()),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(small.unsigned_abs().into()),
            Kind::Bool => Value::Bool(random.percent(50)),
            Kind::String => Value::String(random.words()),
            Kind::Bytes => {
                let length = random.index(12);
                Value::Bytes(random.bytes(length).into())
            }
            Kind::Enum(one) => {
                let numbers: Vec<i32> = one.values().map(|value| value.number()).collect();
                Value::EnumNumber(*numbers.get(random.index(numbers.len().max(1)))?)
            }
            Kind::Message(message) => Value::Message(self.message(message, depth)?),
        })
    }

    /// Fills a well-known type whose fields have limits or whose JSON is no object.
    fn well_known(&mut self, message: &mut DynamicMessage, descriptor: &MessageDescriptor) -> bool {
        let seconds = self.random.millis() / 1_000;
        let mut set = |number: u32, value: Value| {
            // The bundled types have these fields; a text that redefines one is drawn like any other.
            let _ = message.try_set_field_by_number(number, value);
        };
        match descriptor.full_name() {
            "google.protobuf.Timestamp" => set(1, Value::I64(seconds)),
            "google.protobuf.Duration" => set(1, Value::I64(seconds % 86_400)),
            "google.protobuf.FieldMask" => {
                set(1, Value::List(vec![Value::String("name".to_owned())]));
            }
            "google.protobuf.Value" => set(3, Value::String(self.random.words())),
            // They are empty, which is valid: what they hold has no schema.
            "google.protobuf.Any" | "google.protobuf.Struct" | "google.protobuf.ListValue" => {}
            _ => return false,
        }
        true
    }
}
