//! How a version is shown where that is not as it is stored: in another format, with qualified references, with its tags.

use dovetail_compat::{Format, Schema};
use dovetail_model::{Context, Reference, SchemaTags};
use serde_json::value::RawValue;

use super::{Found, Registry, RegistryError, Result};
use crate::core::{Content, VersionEntry};

/// What a reader asks for.
#[derive(Debug, Clone, Default)]
pub struct Show {
    /// The format of the text.
    pub format: Option<Format>,
    /// Whether subjects of references name their context.
    pub qualified: bool,
    /// The tags to look for; `*` is all.
    pub tags: Vec<String>,
}

/// What is shown in the place of what is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub(crate) text: Option<Box<RawValue>>,
    pub(crate) references: Option<Vec<Reference>>,
    pub(crate) tags: Option<Vec<SchemaTags>>,
}

impl Registry {
    /// A version as it was asked for.
    pub async fn show(&self, mut found: Found, show: &Show) -> Result<Found> {
        let (format, asks_tags) = (show.format, !show.tags.is_empty());
        let references = show.qualified.then(|| {
            let context = &found.subject.context;
            let references = found.schema.references.iter();
            references
                .map(|reference| qualified(reference, context))
                .collect()
        });
        let mut shown = Shown {
            references,
            ..Shown::default()
        };
        if format.is_some() || asks_tags {
            let view = self.known_view();
            let schema = self.parsed(&view, &found.subject, &found.entry()).await?;
            let tags = show.tags.clone();
            let work = move || {
                (
                    format.map(|format| schema.formatted(format)),
                    tagged(&schema, &tags),
                )
            };
            let (text, tags) = self.parser.run(work).await?;
            let text = text
                .transpose()
                .map_err(|error| RegistryError::InvalidSchema(error.to_string()))?;
            shown.text = text
                .flatten()
                .map(|text| serde_json::value::to_raw_value(&text).expect("a text is valid JSON"));
            shown.tags = asks_tags.then_some(tags);
        }
        found.shown = Some(Box::new(shown));
        Ok(found)
    }
}

/// Everything that has one of the tags.
fn tagged(schema: &Schema, wanted: &[String]) -> Vec<SchemaTags> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let any = wanted.iter().any(|tag| tag == "*");
    let mut found = schema.tags();
    found.retain(|one| any || one.tags.iter().any(|tag| wanted.contains(tag)));
    found
}

/// A reference whose subject names its context, unless that is the default one.
fn qualified(reference: &Reference, context: &Context) -> Reference {
    let subject = &reference.subject;
    let is_bare = !subject.starts_with(":.");
    Reference {
        subject: if is_bare && !context.is_default() {
            format!(":{context}:{subject}")
        } else {
            subject.clone()
        },
        ..reference.clone()
    }
}

impl Found {
    fn entry(&self) -> VersionEntry {
        VersionEntry {
            version: self.version,
            id: self.schema.id,
            deleted: self.deleted,
            at: self.at,
        }
    }

    /// The text, as a JSON string.
    pub(crate) fn text(&self) -> &RawValue {
        let shown = self.shown.as_ref().and_then(|shown| shown.text.as_deref());
        shown.unwrap_or(&self.content.text)
    }

    /// The text itself.
    pub(crate) fn plain_text(&self) -> String {
        serde_json::from_str(self.text().get()).expect("the text was written as a JSON string")
    }

    /// What it refers to.
    pub(crate) fn references(&self) -> &[Reference] {
        let shown = self
            .shown
            .as_ref()
            .and_then(|shown| shown.references.as_deref());
        shown.unwrap_or(&self.schema.references)
    }

    /// Its tags, where they were asked for and there are some.
    pub(crate) fn tags(&self) -> &[SchemaTags] {
        let shown = self.shown.as_ref().and_then(|shown| shown.tags.as_deref());
        shown.unwrap_or_default()
    }
}

/// Whether metadata holds all of these properties.
pub(super) fn has_properties(content: &Content, wanted: &[(String, String)]) -> bool {
    wanted.iter().all(|(key, value)| {
        let properties = content
            .metadata
            .as_ref()
            .map(|metadata| &metadata.properties);
        properties.and_then(|properties| properties.get(key)) == Some(value)
    })
}
