//! Where messages stand in the text of a schema, which needs none of its imports.
//!
//! Clients do not agree on what an index counts where a message has fields of maps. Java's and Node's count the messages of
//! the text, in which a map is a field; Python's and Go's count those of the descriptor, in which the entry of a map is a
//! message. A text that Java makes of a descriptor spells the entries out, and then they count there as well. What is
//! written here counts as the text does, and what is read may count either way.

use prost_reflect::prost_types::{DescriptorProto, FileDescriptorProto, MessageOptions};
use protox::file::File;

use crate::{codec::CodecError, wire::MessageIndexes};

/// How deep braces and brackets may be nested in a text. Parsers of it call themselves.
const MAX_NESTING: usize = 256;

/// A text without what it imports.
#[derive(Debug)]
pub(super) struct Text {
    /// As it was parsed: options of messages are not interpreted, so what is marked as an entry stands for a map in the text.
    file: FileDescriptorProto,
}

/// The ways to one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// Counted as the text does.
    pub(super) written: MessageIndexes,
    /// Counted as the descriptor does.
    with_entries: MessageIndexes,
}

impl Ways {
    /// Whether a way that somebody wrote is one of them.
    pub(super) fn has(&self, way: &MessageIndexes) -> bool {
        *way == self.written || *way == self.with_entries
    }
}

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

impl Text {
    /// Reads a text.
    pub(super) fn parse(text: &str) -> Result<Self, CodecError> {
        let file = parse("schema.proto", text)?;
        Ok(Self {
            file: file.file_descriptor_proto().clone(),
        })
    }

    /// The ways to the message of a full name.
    pub(super) fn ways(&self, full_name: &str) -> Option<Ways> {
        Some(Ways {
            written: self.way(full_name, false)?,
            with_entries: self.way(full_name, true)?,
        })
    }

    /// The full name of the message at the end of a way, which counts as the text does, or else as the descriptor does.
    pub(super) fn full_name(&self, way: &MessageIndexes) -> Option<String> {
        let written = self.name_at(way, false);
        written.or_else(|| self.name_at(way, true))
    }

    fn way(&self, full_name: &str, entries: bool) -> Option<MessageIndexes> {
        let mut rest = match self.file.package() {
            "" => full_name,
            package => full_name.strip_prefix(package)?.strip_prefix('.')?,
        };
        let mut siblings: Vec<&DescriptorProto> = self.file.message_type.iter().collect();
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
            siblings = nested(siblings[index], entries).collect();
            rest = inside;
        }
    }

    fn name_at(&self, way: &MessageIndexes, entries: bool) -> Option<String> {
        let mut siblings: Vec<&DescriptorProto> = self.file.message_type.iter().collect();
        let mut name = self.file.package().to_owned();
        for index in way.as_slice() {
            let message = *siblings.get(usize::try_from(*index).ok()?)?;
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(message.name());
            siblings = nested(message, entries).collect();
        }
        Some(name)
    }
}

fn nested(message: &DescriptorProto, entries: bool) -> impl Iterator<Item = &DescriptorProto> {
    let is_entry = |message: &DescriptorProto| {
        let options = message.options.as_ref();
        options.is_some_and(MessageOptions::map_entry)
    };
    message
        .nested_type
        .iter()
        .filter(move |message| entries || !is_entry(message))
}

#[cfg(test)]
mod tests {
    use super::Text;
    use crate::wire::MessageIndexes;

    fn way(indexes: [u32; 2]) -> MessageIndexes {
        MessageIndexes::new(indexes.to_vec()).unwrap()
    }

    #[test]
    fn a_message_beside_a_map_is_found_by_either_count() {
        let text = "syntax = \"proto3\"; package p;
            message M { map<string, int32> counts = 1; message Deep { string note = 1; } }";
        let text = Text::parse(text).unwrap();
        let ways = text.ways("p.M.Deep").unwrap();
        assert_eq!(ways.written, way([0, 0]));
        assert!(ways.has(&way([0, 0])) && ways.has(&way([0, 1])));
        assert!(!ways.has(&way([0, 2])));
        for counted in [[0, 0], [0, 1]] {
            assert_eq!(text.full_name(&way(counted)).unwrap(), "p.M.Deep");
        }
        assert_eq!(text.full_name(&way([0, 2])), None);
    }

    #[test]
    fn an_entry_that_is_spelled_out_counts() {
        let text = "syntax = \"proto3\"; package p;
            message M {
              repeated CountsEntry counts = 1;
              message CountsEntry { option map_entry = true; string key = 1; int32 value = 2; }
              message Deep { string note = 1; }
            }";
        let text = Text::parse(text).unwrap();
        assert_eq!(text.ways("p.M.Deep").unwrap().written, way([0, 1]));
        assert_eq!(text.full_name(&way([0, 1])).unwrap(), "p.M.Deep");
    }
}
