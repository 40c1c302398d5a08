//! A second opinion: another implementation of Protobuf, from its parser to its decoder, with nothing in common with
//! the ones that the crate uses. It reads files only, so the texts go to a temporary folder.

use std::path::Path;

use protobuf::{
    MessageDyn,
    descriptor::FileDescriptorProto,
    reflect::{FileDescriptor, MessageDescriptor},
};

use super::pairs::Source;

/// What the other parser makes of a text, its imports first.
pub(super) fn parsed(source: &Source) -> Result<Vec<FileDescriptorProto>, String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        let parent = path.parent().expect("it is in the folder");
        std::fs::create_dir_all(parent).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    };
    write("the/text.proto", &source.text);
    for (name, text) in &source.references {
        write(name, text);
    }
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protobuf/src/bundled");
    let set = protobuf_parse::Parser::new()
        .pure()
        .include(folder.path())
        .include(bundled)
        .input(folder.path().join("the/text.proto"))
        .parse_and_typecheck();
    set.map(|set| set.file_descriptors)
        .map_err(|error| format!("{error:#}"))
}

/// The types of a text.
pub(super) struct Types(Vec<FileDescriptor>);

impl Types {
    pub(super) fn of(source: &Source) -> Result<Self, String> {
        FileDescriptor::new_dynamic_fds(parsed(source)?, &[])
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The message at a place, or the one that a field or oneof at that place is in.
    pub(super) fn message_at(&self, place: &str) -> Option<MessageDescriptor> {
        let named = |name: &str| {
            self.0
                .iter()
                .find_map(|file| file.message_by_full_name(&format!(".{name}")))
        };
        named(place).or_else(|| named(place.rsplit_once('.')?.0))
    }
}

/// What a type makes of bytes, as JSON. An error also where a required field is missing.
pub(super) fn read(message: &MessageDescriptor, bytes: &[u8]) -> Result<serde_json::Value, String> {
    let read = message
        .parse_from_bytes(bytes)
        .map_err(|error| error.to_string())?;
    read.check_initialized_dyn()
        .map_err(|error| error.to_string())?;
    json(&*read)
}

fn json(message: &dyn MessageDyn) -> Result<serde_json::Value, String> {
    let text =
        protobuf_json_mapping::print_to_string(message).map_err(|error| error.to_string())?;
    let value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(without_defaults(value))
}

/// It prints a proto3 default that came over the wire, which our side leaves out.
pub(super) fn without_defaults(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    let default = |value: &Value| match value {
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0",
        _ => false,
    };
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !default(value))
            .map(|(name, value)| (name, without_defaults(value)))
            .collect(),
        Value::Array(list) => list.into_iter().map(without_defaults).collect(),
        other => other,
    }
}
