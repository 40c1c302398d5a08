//! The documents of a schema: its own text and those it refers to, and which part of which a `$ref` means.
//!
//! Nothing is fetched. A reference is found by the name it is registered under, by its `$id`, or by the end of its path.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::uri;
use crate::SchemaText;

/// Every document, the schema itself first.
pub(super) struct Documents {
    roots: Vec<Value>,
    names: Vec<String>,
    /// What has a URI of its own, by that URI.
    by_uri: BTreeMap<String, Place>,
    /// What has an anchor, by its URI and the anchor.
    anchors: BTreeMap<(String, String), Place>,
}

/// A part of a document, and the URI that its references are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) document: usize,
    pub(super) pointer: String,
    pub(super) base: String,
}

impl Documents {
    /// Reads the texts. The error is a place and what is wrong there.
    pub(super) fn read(text: &SchemaText) -> Result<Self, (String, String)> {
        let mut documents = Self {
            roots: Vec::new(),
            names: Vec::new(),
            by_uri: BTreeMap::new(),
            anchors: BTreeMap::new(),
        };
        documents.add("", &text.text)?;
        for reference in &text.references {
            documents.add(&reference.name, &reference.text)?;
        }
        Ok(documents)
    }

    fn add(&mut self, name: &str, text: &Arc<str>) -> Result<(), (String, String)> {
        let root: Value = serde_json::from_str(text).map_err(|error| {
            let place = match name {
                "" => format!("line {}, column {}", error.line(), error.column()),
                name => format!("{name}, line {}, column {}", error.line(), error.column()),
            };
            (place, format!("it is no JSON: {error}"))
        })?;
        if !root.is_object() && !root.is_boolean() {
            let message = "a schema is an object, true or false".to_owned();
            return Err((name.to_owned(), message));
        }
        let document = self.roots.len();
        let place = Place {
            document,
            pointer: String::new(),
            base: name.to_owned(),
        };
        // The schema itself may be referred to by name as well, when documents refer to each other in a circle.
        let earlier = self.roots.iter().position(|known| *known == root);
        let target = earlier.map_or_else(
            || place.clone(),
            |document| Place {
                document,
                ..place.clone()
            },
        );
        if !name.is_empty() {
            self.by_uri.entry(name.to_owned()).or_insert(target);
        }
        self.index(&root, place);
        self.roots.push(root);
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Notes every identifier and anchor in a schema.
    fn index(&mut self, schema: &Value, mut place: Place) {
        match schema {
            Value::Object(map) => {
                if let Some(base) = own_base(schema, &place.base) {
                    place.base = base;
                    let at = self.by_uri.entry(place.base.clone());
                    at.or_insert_with(|| place.clone());
                }
                for anchor in ["$anchor", "$dynamicAnchor"] {
                    if let Some(Value::String(anchor)) = map.get(anchor) {
                        self.anchors
                            .entry((place.base.clone(), anchor.clone()))
                            .or_insert_with(|| place.clone());
                    }
                }
                if let Some(Value::String(id)) = map.get("$id").or_else(|| map.get("id"))
                    && let (_, anchor) = uri::fragment(id)
                    && !anchor.is_empty()
                {
                    let key = (place.base.clone(), anchor.to_owned());
                    self.anchors.entry(key).or_insert_with(|| place.clone());
                }
                for (key, value) in map {
                    if !["enum", "const", "default", "examples"].contains(&key.as_str()) {
                        self.index(value, place.under(key));
                    }
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.index(item, place.under(&at.to_string()));
                }
            }
            _ => {}
        }
    }

    /// The whole schema.
    pub(super) fn root(&self) -> Place {
        let base = self.roots.first().and_then(|root| own_base(root, ""));
        Place {
            document: 0,
            pointer: String::new(),
            base: base.unwrap_or_default(),
        }
    }

    /// What stands at a place.
    pub(super) fn get(&self, place: &Place) -> Option<&Value> {
        let root = self.roots.get(place.document)?;
        root.pointer(&place.pointer)
    }

    /// The name a document is referred to by.
    pub(super) fn name(&self, document: usize) -> &str {
        self.names.get(document).map_or("", String::as_str)
    }

    /// What a reference means.
    pub(super) fn resolve(&self, reference: &str, from: &Place) -> Option<Place> {
        let (document, fragment) = uri::fragment(reference);
        let target = if document.is_empty() {
            self.resource(from)
        } else {
            self.document(document, &from.base)?
        };
        if fragment.is_empty() {
            return Some(target);
        }
        let fragment = uri::decode(fragment);
        if fragment.starts_with('/') {
            return self.descend(target, &fragment);
        }
        let key = (target.base.clone(), fragment);
        self.anchors.get(&key).cloned()
    }

    /// The innermost part around a place that has a URI of its own.
    fn resource(&self, from: &Place) -> Place {
        let own = self.by_uri.get(&from.base);
        let around = own.filter(|own| own.document == from.document && !from.base.is_empty());
        around.cloned().unwrap_or_else(|| {
            let base = if from.document == 0 {
                String::new()
            } else {
                self.name(from.document).to_owned()
            };
            let base = self
                .roots
                .get(from.document)
                .and_then(|root| own_base(root, &base))
                .unwrap_or(base);
            Place {
                document: from.document,
                pointer: String::new(),
                base,
            }
        })
    }

    fn document(&self, wanted: &str, base: &str) -> Option<Place> {
        let joined = uri::join(base, wanted);
        let exact = self.by_uri.get(&joined).or_else(|| self.by_uri.get(wanted));
        let place = exact.or_else(|| {
            // Registered under a short name, referred to by a long one, or the other way around.
            let parts: Vec<&str> = wanted.trim_start_matches("./").split('/').collect();
            let mut ends: Vec<_> = self
                .by_uri
                .iter()
                .filter(|(uri, place)| {
                    let known: Vec<&str> = uri.split('/').collect();
                    place.pointer.is_empty() && (known.ends_with(&parts) || parts.ends_with(&known))
                })
                .collect();
            ends.dedup_by_key(|(_, place)| place.document);
            match ends[..] {
                [(_, one)] => Some(one),
                _ => None,
            }
        })?;
        let base = self
            .get(place)
            .and_then(|schema| own_base(schema, &place.base));
        Some(Place {
            base: base.unwrap_or_else(|| place.base.clone()),
            ..place.clone()
        })
    }

    /// Follows a JSON pointer, and the identifiers on the way.
    fn descend(&self, mut place: Place, pointer: &str) -> Option<Place> {
        for part in pointer[1..].split('/') {
            let part = part.replace("~1", "/").replace("~0", "~");
            place = place.under(&part);
            let found = self.get(&place)?;
            if let Some(base) = own_base(found, &place.base) {
                place.base = base;
            }
        }
        Some(place)
    }
}

impl Place {
    /// A part of this place.
    pub(super) fn under(&self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self {
            document: self.document,
            pointer: format!("{}/{key}", self.pointer),
            base: self.base.clone(),
        }
    }

    /// The last part of the pointer, as it is spelled in the document.
    pub(super) fn last(&self) -> Option<String> {
        let (_, last) = self.pointer.rsplit_once('/')?;
        Some(last.replace("~1", "/").replace("~0", "~"))
    }
}

/// The URI that a schema gives itself.
fn own_base(schema: &Value, base: &str) -> Option<String> {
    let id = schema.get("$id").or_else(|| schema.get("id"))?.as_str()?;
    let (document, _) = uri::fragment(id);
    (!document.is_empty()).then(|| uri::join(base, document))
}
