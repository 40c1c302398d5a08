//! Where messages stand in the text of a schema, which needs none of its imports.

use prost_reflect::prost_types::{DescriptorProto, FileDescriptorProto, MessageOptions};
use protox::file::File;

use crate::{codec::CodecError, wire::MessageIndexes};

/// How deep braces and brackets may be nested in a text. Parsers of it call themselves.
const MAX_NESTING: usize = 256;

/// Reads a text without what it imports.
pub(super) fn parse(path: &str, text: &str) -> Result<File, CodecError> {
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' | b'<' => depth += 1,
            b'}' | b']' | b')' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(format!("{path} nests deeper than {MAX_NESTING} levels").into());
        }
    }
    Ok(File::from_source(path, text)?)
}

/// The way to the message of a full name.
pub(super) fn way(file: &FileDescriptorProto, full_name: &str) -> Option<MessageIndexes> {
    let mut rest = match file.package() {
        "" => full_name,
        package => full_name.strip_prefix(package)?.strip_prefix('.')?,
    };
    let mut siblings: Vec<&DescriptorProto> = file.message_type.iter().collect();
    let mut indexes = Vec::new();
    loop {
        let (name, inside) = match rest.split_once('.') {
            Some((name, inside)) => (name, Some(inside)),
            None => (rest, None),
        };
        let index = siblings.iter().position(|message| message.name() == name)?;
        indexes.push(u32::try_from(index).ok()?);
        let Some(inside) = inside else {
            return MessageIndexes::new(indexes);
        };
        siblings = nested(siblings[index]).collect();
        rest = inside;
    }
}

/// The full name of the message at the end of a way.
pub(super) fn full_name(file: &FileDescriptorProto, way: &MessageIndexes) -> Option<String> {
    let mut siblings: Vec<&DescriptorProto> = file.message_type.iter().collect();
    let mut name = file.package().to_owned();
    for index in way.as_slice() {
        let message = *siblings.get(usize::try_from(*index).ok()?)?;
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(message.name());
        siblings = nested(message).collect();
    }
    Some(name)
}

fn nested(message: &DescriptorProto) -> impl Iterator<Item = &DescriptorProto> {
    let is_entry = |message: &&DescriptorProto| {
        let options = message.options.as_ref();
        options.is_some_and(MessageOptions::map_entry)
    };
    message
        .nested_type
        .iter()
        .filter(move |message| !is_entry(message))
}
