//! Explaining a change: the whole report as data, for texts that are given and for versions that are registered.

use std::str::FromStr;

use dovetail_compat::{
    NamedText,
    explain::{Containment, ExplainError, Explanation, Side, explain, proofs},
};
use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, Direction, QualifiedSubject, Reference, SchemaType,
    VersionSpec,
    bodies::{ExplainRequest, ExplainSide},
};
use serde_json::Value;

use super::{Registry, RegistryError, Result, Visibility, references};
use crate::core::{Scope, View};

/// An explained change.
#[derive(Debug)]
pub struct Explained {
    pub level: CompatibilityLevel,
    pub findings: Vec<Explanation>,
    /// What can be proven in each direction, whatever the rules say.
    pub proofs: Vec<(Direction, Containment)>,
}

/// A side with everything it takes to parse it.
struct Prepared {
    schema_type: SchemaType,
    text: String,
    texts: Vec<NamedText>,
    subject: Option<QualifiedSubject>,
}

impl Prepared {
    fn side(&self) -> Side<'_> {
        Side {
            text: &self.text,
            references: &self.texts,
        }
    }
}

impl Registry {
    /// Explains what a change means, for those who read with the new schema and those who read with the previous one.
    pub async fn explain(&self, request: &ExplainRequest) -> Result<Explained> {
        let view = self.view().await?;
        let previous = self.side(&view, request, &request.previous).await?;
        let new = self.side(&view, request, &request.new).await?;
        if new.schema_type != previous.schema_type {
            return Err(RegistryError::InvalidSchema(format!(
                "the new schema is {}, the previous one is {}; only schemas of one format can be compared",
                new.schema_type, previous.schema_type
            )));
        }
        let scope = new
            .subject
            .as_ref()
            .or(previous.subject.as_ref())
            .map_or_else(Scope::default_context, Scope::subject);
        let level = match &request.compatibility {
            Some(text) => CompatibilityLevel::from_str(text)
                .map_err(|error| RegistryError::InvalidLevel(error.to_string()))?,
            None => view.level(&scope).unwrap_or(self.default_level),
        };
        let policy = match request
            .compatibility_policy
            .as_deref()
            .map(str::to_ascii_uppercase)
            .as_deref()
        {
            Some("STRICT") => CompatibilityPolicy::Strict,
            Some("LENIENT") => CompatibilityPolicy::Lenient,
            Some(_) => {
                return Err(RegistryError::InvalidLevel(
                    "the policy must be STRICT or LENIENT".to_owned(),
                ));
            }
            None => view.policy(&scope),
        };
        self.parser
            .run(move || explain_sides(&new, &previous, level, policy))
            .await?
    }

    async fn side(
        &self,
        view: &View,
        request: &ExplainRequest,
        side: &ExplainSide,
    ) -> Result<Prepared> {
        match side {
            ExplainSide::Text { schema, references } => {
                let schema_type = match &request.schema_type {
                    Some(text) => SchemaType::from_str(text)
                        .map_err(|error| RegistryError::InvalidSchema(error.to_string()))?,
                    None => SchemaType::default(),
                };
                self.given(view, schema_type, schema, references).await
            }
            ExplainSide::Version { subject, version } => {
                self.registered(view, subject, version).await
            }
        }
    }

    /// A text that is given. Its references are looked for in the default context.
    async fn given(
        &self,
        view: &View,
        schema_type: SchemaType,
        text: &str,
        references: &[Reference],
    ) -> Result<Prepared> {
        let nowhere = QualifiedSubject {
            context: dovetail_model::Context::default(),
            subject: dovetail_model::Subject::new(""),
        };
        let resolved = references::resolve(view, &nowhere, references)?;
        let concrete: Vec<Reference> = resolved
            .into_iter()
            .map(|resolved| resolved.reference)
            .collect();
        let texts = self
            .reachable_texts(view, &nowhere.context, &concrete)
            .await?;
        Ok(Prepared {
            schema_type,
            text: text.to_owned(),
            texts,
            subject: None,
        })
    }

    async fn registered(&self, view: &View, subject: &str, version: &Value) -> Result<Prepared> {
        let subject = QualifiedSubject::parse(subject)?;
        let text = match version {
            Value::Null => "latest".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let spec = VersionSpec::from_str(&text)
            .map_err(|error| RegistryError::InvalidSchema(error.to_string()))?;
        let found = self
            .version_in(view, &subject, spec, Visibility::Live)
            .await?;
        let texts = self
            .reachable_texts(view, &subject.context, &found.schema.references)
            .await?;
        Ok(Prepared {
            schema_type: found.schema.schema_type,
            text: found.content.text(),
            texts,
            subject: Some(subject),
        })
    }
}

fn explain_sides(
    new: &Prepared,
    previous: &Prepared,
    level: CompatibilityLevel,
    policy: CompatibilityPolicy,
) -> Result<Explained> {
    let both = [Direction::Forward, Direction::Backward];
    let directions = if level == CompatibilityLevel::None {
        &both[..]
    } else {
        level.directions()
    };
    let (schema_type, new, previous) = (new.schema_type, new.side(), previous.side());
    let invalid = |error: ExplainError| RegistryError::InvalidSchema(error.to_string());
    Ok(Explained {
        level,
        findings: explain(schema_type, new, previous, directions, policy).map_err(invalid)?,
        proofs: proofs(schema_type, new, previous, directions).map_err(invalid)?,
    })
}
