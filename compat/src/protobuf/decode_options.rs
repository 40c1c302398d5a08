//! The options in a descriptor as they would be written.

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, Value as Reflected,
    prost_types::{FieldDescriptorProto, field_descriptor_proto::Type},
};

use super::{
    options::decode,
    tree::{NamePart, Setting, Value},
};

/// The options that are set, extensions after the language's own. A repeated one is written once for each value.
pub(super) fn settings(options: Option<DynamicMessage>) -> Vec<Setting> {
    let Some(options) = options else {
        return Vec::new();
    };
    let mut settings = Vec::new();
    for (field, value) in options.fields() {
        // Whether a message is an entry of a map is not written; options not yet understood mean nothing.
        if !matches!(field.name(), "map_entry" | "uninterpreted_option") {
            let name = part(field.name(), false);
            settings.extend(each(&name, &field.kind(), value));
        }
    }
    for (extension, value) in options.extensions() {
        let name = part(extension.full_name(), true);
        settings.extend(each(&name, &extension.kind(), value));
    }
    settings
}

/// `default = …`, which a descriptor holds as a text of its own.
pub(super) fn default_value(field: &FieldDescriptorProto) -> Option<Setting> {
    let text = field.default_value.as_ref()?;
    let value = match field.r#type() {
        Type::String => Value::Text(text.clone().into_bytes()),
        Type::Bytes => {
            let mut bytes = Vec::new();
            decode(text, &mut bytes);
            Value::Text(bytes)
        }
        _ => word(text),
    };
    let name = vec![part("default", false)];
    Some(Setting { name, value })
}

/// `json_name = …` if it is another than the language gives.
pub(super) fn json_name(field: &FieldDescriptorProto) -> Option<Setting> {
    let written = field.json_name.as_ref()?;
    if *written == usual_json_name(field.name()) {
        return None;
    }
    Some(Setting {
        name: vec![part("json_name", false)],
        value: Value::Text(written.clone().into_bytes()),
    })
}

/// Underscores go, and the letter after each is a capital.
fn usual_json_name(name: &str) -> String {
    let mut capital = false;
    let mut json = String::with_capacity(name.len());
    for character in name.chars() {
        if character == '_' {
            capital = true;
        } else if std::mem::take(&mut capital) {
            json.push(character.to_ascii_uppercase());
        } else {
            json.push(character);
        }
    }
    json
}

fn part(text: &str, extension: bool) -> NamePart {
    NamePart {
        text: text.to_owned(),
        extension,
    }
}

fn each(name: &NamePart, kind: &Kind, value: &Reflected) -> Vec<Setting> {
    let setting = |value| Setting {
        name: vec![name.clone()],
        value,
    };
    match value {
        Reflected::List(values) => values
            .iter()
            .map(|value| setting(written(kind, value)))
            .collect(),
        value => vec![setting(written(kind, value))],
    }
}

/// A value in text format. Messages nest no deeper than the decoder allows.
fn written(kind: &Kind, value: &Reflected) -> Value {
    match value {
        Reflected::Bool(value) => word(&value.to_string()),
        Reflected::I32(value) => word(&value.to_string()),
        Reflected::I64(value) => word(&value.to_string()),
        Reflected::U32(value) => word(&value.to_string()),
        Reflected::U64(value) => word(&value.to_string()),
        Reflected::F32(value) => float(&value.to_string()),
        Reflected::F64(value) => float(&value.to_string()),
        Reflected::String(text) => Value::Text(text.clone().into_bytes()),
        Reflected::Bytes(bytes) => Value::Text(bytes.to_vec()),
        Reflected::EnumNumber(number) => word(&enum_name(kind.as_enum(), *number)),
        Reflected::Message(message) => Value::Map(entries(message)),
        Reflected::List(values) => {
            Value::List(values.iter().map(|value| written(kind, value)).collect())
        }
        Reflected::Map(_) => Value::List(Vec::new()),
    }
}

/// `inf` and `nan` are words of the language as they are of Rust, except for capitals.
fn float(text: &str) -> Value {
    word(&text.to_ascii_lowercase())
}

fn word(text: &str) -> Value {
    Value::Word(text.to_owned())
}

fn enum_name(descriptor: Option<&EnumDescriptor>, number: i32) -> String {
    descriptor
        .and_then(|one| one.get_value(number))
        .map_or_else(|| number.to_string(), |value| value.name().to_owned())
}

fn entries(message: &DynamicMessage) -> Vec<(String, Value)> {
    let fields = message.fields().map(|(field, value)| {
        let value = match value {
            Reflected::Map(map) => {
                let mut sorted: Vec<(&MapKey, &Reflected)> = map.iter().collect();
                sorted.sort_by_key(|(key, _)| format!("{key:?}"));
                let entry = |(key, value)| map_entry(&field, key, value);
                Value::List(sorted.into_iter().map(entry).collect())
            }
            value => written(&field.kind(), value),
        };
        (key_of(&field), value)
    });
    let extensions = message.extensions().map(|(extension, value)| {
        let key = format!("[{}]", extension.full_name());
        (key, written(&extension.kind(), value))
    });
    fields.chain(extensions).collect()
}

/// A group goes by the name of its message.
fn key_of(field: &FieldDescriptor) -> String {
    match field.kind() {
        Kind::Message(message) if field.is_group() => message.name().to_owned(),
        _ => field.name().to_owned(),
    }
}

fn map_entry(field: &FieldDescriptor, key: &MapKey, value: &Reflected) -> Value {
    let key = match key {
        MapKey::Bool(key) => word(&key.to_string()),
        MapKey::I32(key) => word(&key.to_string()),
        MapKey::I64(key) => word(&key.to_string()),
        MapKey::U32(key) => word(&key.to_string()),
        MapKey::U64(key) => word(&key.to_string()),
        MapKey::String(key) => Value::Text(key.clone().into_bytes()),
    };
    let kind = match field.kind() {
        Kind::Message(entry) => entry.map_entry_value_field().kind(),
        other => other,
    };
    Value::Map(vec![
        ("key".to_owned(), key),
        ("value".to_owned(), written(&kind, value)),
    ])
}
