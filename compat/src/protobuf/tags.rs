//! Where tags may stand in a `.proto` text: in the option `confluent.message_meta` of a message and `confluent.field_meta`
//! of a field. Paths are names inside the file, without its package.

use dovetail_model::{EntityType, SchemaEntity, SchemaTags};

use super::{
    canonical,
    parse::ProtobufSchema,
    tree::{Body, File, Import, ImportKind, NamePart, Setting, Value},
};
use crate::{
    SchemaError,
    tags::{TagEdits, entity},
};

/// The file that defines the options.
const META: &str = "confluent/meta.proto";

const TAGS: &str = "tags";

impl ProtobufSchema {
    /// Everything that is tagged, in the order of the text.
    pub(crate) fn tags(&self) -> Vec<SchemaTags> {
        let mut file = self.tree().clone();
        let mut found = Vec::new();
        visit(&mut file, &mut |schema_entity, options, meta| {
            let tags = read(options, meta);
            if !tags.is_empty() {
                found.push(SchemaTags {
                    schema_entity,
                    tags,
                });
            }
        });
        found
    }

    /// The text with other tags, and with the import that they need.
    pub(crate) fn retagged(&self, edits: &TagEdits<'_>) -> Result<String, SchemaError> {
        let mut file = self.tree().clone();
        let mut places = Vec::new();
        let mut is_tagged = false;
        visit(&mut file, &mut |entity, options, meta| {
            if let Some(tags) = edits.apply(&entity, &read(options, meta)) {
                is_tagged |= !tags.is_empty();
                write(options, meta, tags);
            }
            places.push(entity);
        });
        edits.check(&places)?;
        if is_tagged && !file.imports.iter().any(|import| import.path == META) {
            file.imports.push(Import {
                kind: ImportKind::Plain,
                path: META.to_owned(),
            });
        }
        Ok(canonical::print(&file))
    }
}

type Visit<'a> = &'a mut dyn FnMut(SchemaEntity, &mut Vec<Setting>, &str);

fn visit(file: &mut File, visit: Visit<'_>) {
    for message in &mut file.messages {
        body(&mut message.body, &message.name.clone(), visit);
    }
}

fn body(inner: &mut Body, path: &str, visit: Visit<'_>) {
    visit(
        entity(EntityType::Record, path.to_owned()),
        &mut inner.options,
        "message_meta",
    );
    let of_oneofs = inner.oneofs.iter_mut().flat_map(|oneof| &mut oneof.fields);
    for field in inner.fields.iter_mut().chain(of_oneofs) {
        let path = format!("{path}.{}", field.name);
        visit(
            entity(EntityType::Field, path),
            &mut field.options,
            "field_meta",
        );
    }
    for message in &mut inner.messages {
        let path = format!("{path}.{}", message.name);
        body(&mut message.body, &path, visit);
    }
}

/// Whether a name is `(confluent.meta)`, and what of it is meant: all, or its tags.
fn part_of(name: &[NamePart], meta: &str) -> Option<bool> {
    let (first, rest) = name.split_first()?;
    let full = first.text.strip_prefix('.').unwrap_or(&first.text);
    if !first.extension || full.strip_prefix("confluent.") != Some(meta) {
        return None;
    }
    match rest {
        [] => Some(false),
        [part] if part.text == TAGS => Some(true),
        _ => None,
    }
}

fn read(options: &[Setting], meta: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for option in options {
        match (part_of(&option.name, meta), &option.value) {
            (Some(true), value) => texts(value, &mut tags),
            (Some(false), Value::Map(entries)) => {
                let values = entries.iter().filter(|(key, _)| key == TAGS);
                values.for_each(|(_, value)| texts(value, &mut tags));
            }
            _ => {}
        }
    }
    tags
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Text(bytes) => found.push(String::from_utf8_lossy(bytes).into_owned()),
        Value::List(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Word(_) | Value::Map(_) => {}
    }
}

/// Writes tags into the one option that holds them; what else that says stays.
fn write(options: &mut Vec<Setting>, meta: &str, tags: Vec<String>) {
    options.retain(|option| part_of(&option.name, meta) != Some(true));
    let list = |tags: Vec<String>| {
        let texts = tags.into_iter().map(|tag| Value::Text(tag.into_bytes()));
        Value::List(texts.collect())
    };
    let whole = options
        .iter()
        .position(|option| part_of(&option.name, meta) == Some(false));
    let Some(at) = whole else {
        if !tags.is_empty() {
            options.push(Setting {
                name: vec![NamePart {
                    text: format!("confluent.{meta}"),
                    extension: true,
                }],
                value: Value::Map(vec![(TAGS.to_owned(), list(tags))]),
            });
        }
        return;
    };
    let Value::Map(entries) = &mut options[at].value else {
        return;
    };
    let place = entries.iter().position(|(key, _)| key == TAGS);
    entries.retain(|(key, _)| key != TAGS);
    if !tags.is_empty() {
        let place = place.unwrap_or(entries.len()).min(entries.len());
        entries.insert(place, (TAGS.to_owned(), list(tags)));
    }
    if entries.is_empty() {
        options.remove(at);
    }
}
