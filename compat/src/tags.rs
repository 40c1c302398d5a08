//! Tags inside texts: reading them, and writing the text again with others.
//!
//! Each format has a place for tags on records and on fields: the attribute `confluent:tags` in Avro and JSON Schema, the
//! options `confluent.message_meta` and `confluent.field_meta` in Protobuf. The formats say where these places are, by their
//! paths; what is to be there is decided here.

use dovetail_model::{EntityType, SchemaEntity, SchemaTags};
use serde_json::{Map, Value};

use crate::{Schema, SchemaError, schema::Parsed};

/// The attribute of formats that are JSON.
const TAGS: &str = "confluent:tags";

/// What changes about the tags of a schema.
#[derive(Debug, Clone, Copy, Default)]
pub struct TagEdits<'a> {
    /// Tags to add, where they are not there.
    pub add: &'a [SchemaTags],
    /// Tags to remove, where they are; what is added and removed is removed.
    pub remove: &'a [SchemaTags],
    /// Whether paths that lead nowhere are passed over.
    pub is_lenient: bool,
}

impl TagEdits<'_> {
    /// The tags of one place after the change; `None` where it does not change.
    pub(crate) fn apply(&self, entity: &SchemaEntity, current: &[String]) -> Option<Vec<String>> {
        let of = |edits: &[SchemaTags]| -> Vec<String> {
            edits
                .iter()
                .filter(|edit| is_same(&edit.schema_entity, entity))
                .flat_map(|edit| edit.tags.iter().cloned())
                .collect()
        };
        let (add, remove) = (of(self.add), of(self.remove));
        let mut tags = current.to_vec();
        for tag in add {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags.retain(|tag| !remove.contains(tag));
        (tags != current).then_some(tags)
    }

    /// Refuses a path that leads nowhere; `places` is every place there is.
    pub(crate) fn check(&self, places: &[SchemaEntity]) -> Result<(), SchemaError> {
        let edits = self.add.iter().chain(self.remove);
        for edit in edits.filter(|_| !self.is_lenient) {
            let wanted = &edit.schema_entity;
            if !places.iter().any(|place| is_same(wanted, place)) {
                let shown: String = wanted.entity_path.chars().take(256).collect();
                let kind = match wanted.entity_type {
                    EntityType::Record => "record",
                    EntityType::Field => "field",
                };
                return Err(SchemaError(format!(
                    "the schema has no {kind} at the path '{shown}' to be tagged"
                )));
            }
        }
        Ok(())
    }
}

/// A path may begin with a dot.
fn is_same(wanted: &SchemaEntity, place: &SchemaEntity) -> bool {
    wanted.entity_type == place.entity_type
        && wanted
            .entity_path
            .strip_prefix('.')
            .unwrap_or(&wanted.entity_path)
            == place.entity_path
}

impl Schema {
    /// Everything that is tagged, in the order of the text.
    pub fn tags(&self) -> Vec<SchemaTags> {
        match &self.parsed {
            Parsed::Protobuf(schema) => schema.tags(),
            Parsed::Avro(_) | Parsed::Json(_) => {
                let mut found = Vec::new();
                self.visit_json(&mut self.as_json(), &mut |entity, place| {
                    let tags = tags_of(place);
                    if !tags.is_empty() {
                        found.push(SchemaTags {
                            schema_entity: entity,
                            tags,
                        });
                    }
                });
                found
            }
        }
    }

    /// The text with other tags, to be parsed again. Fails where a path leads nowhere.
    pub fn retagged(&self, edits: &TagEdits<'_>) -> Result<String, SchemaError> {
        if let Parsed::Protobuf(schema) = &self.parsed {
            return schema.retagged(edits);
        }
        let mut text = self.as_json();
        let mut places = Vec::new();
        self.visit_json(&mut text, &mut |entity, place| {
            if let Some(tags) = edits.apply(&entity, &tags_of(place)) {
                if tags.is_empty() {
                    place.shift_remove(TAGS);
                } else {
                    place.insert(TAGS.to_owned(), tags.into());
                }
            }
            places.push(entity);
        });
        edits.check(&places)?;
        Ok(text.to_string())
    }

    fn as_json(&self) -> Value {
        serde_json::from_str(self.canonical()).unwrap_or_default()
    }

    fn visit_json(&self, text: &mut Value, visit: Visit<'_>) {
        match &self.parsed {
            Parsed::Avro(_) => crate::avro::visit_places(text, visit),
            Parsed::Json(_) => crate::json_schema::visit_places(text, visit),
            Parsed::Protobuf(_) => {}
        }
    }
}

/// What is called with each place where tags may stand.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(SchemaEntity, &mut Map<String, Value>);

/// A place for tags.
pub(crate) fn entity(entity_type: EntityType, entity_path: String) -> SchemaEntity {
    SchemaEntity {
        entity_path,
        entity_type,
    }
}

fn tags_of(place: &Map<String, Value>) -> Vec<String> {
    let tags = place.get(TAGS).and_then(Value::as_array);
    tags.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
