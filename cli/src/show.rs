//! `dovetail show`: a subject, or a schema.

use std::fmt::Write as _;

use clap::Args;
use dovetail_client::ListVersions;
use dovetail_model::{SchemaType, VersionSpec};
use serde_json::{Value, json};

use crate::{
    diff::Form,
    ending::{Ending, Failure, Outcome},
    output,
    registry::{Connect, Registry, failure},
    source::{SOURCES, Source},
};

/// Shows what a registry holds: of a subject its versions, level and mode; of a schema its text.
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  dovetail show orders-value
      The subject: its versions with their ids, its level, its mode
  dovetail show orders-value@latest > order.avsc
      The text of a version, indented
  dovetail show orders-value@3 --raw
      The text as it is stored
  dovetail show id:7 --format json

{SOURCES}"))]
pub(crate) struct Show {
    /// A subject, or a schema
    #[arg(value_name = "SUBJECT|SCHEMA")]
    what: String,

    /// The text as it is stored, not indented
    #[arg(long)]
    raw: bool,

    /// How the result is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Form,

    #[command(flatten)]
    connect: Connect,
}

impl Show {
    pub(crate) fn run(self) -> Outcome {
        match Source::parse(&self.what)? {
            Source::File(name) if !std::path::Path::new(&name).exists() => self.subject(&name)?,
            source => self.schema(&source)?,
        }
        Ok(Ending::Fine)
    }

    fn subject(&self, subject: &str) -> Outcome<()> {
        let registry = self.connect.registry()?;
        let shown = registry.run(read(&registry, subject))?;
        output::print(&match self.format {
            Form::Json => output::pretty(&shown),
            Form::Text => table(&shown),
        })
    }

    fn schema(&self, source: &Source) -> Outcome<()> {
        let loaded = source.load(&self.connect, None)?;
        let text = if self.raw {
            loaded.text.to_string()
        } else {
            indented(loaded.schema_type, &loaded.text)
        };
        output::print(&match self.format {
            Form::Text => text.trim_end().to_owned() + "\n",
            Form::Json => output::pretty(&json!({
                "name": loaded.name,
                "subject": loaded.subject,
                "schemaType": loaded.schema_type,
                "schema": text,
                "references": loaded.references.iter().map(|one| &one.name).collect::<Vec<_>>(),
            })),
        })
    }
}

async fn read(registry: &Registry, subject: &str) -> Outcome<Value> {
    let client = registry.client();
    let versions = client.versions(subject, &ListVersions::default()).await;
    let versions = versions.map_err(|error| {
        if error.is_not_found() {
            Failure::undecided(format!("{} has no subject \"{subject}\"", registry.url()))
                .help("`dovetail subjects` lists them")
        } else {
            failure(&error)
        }
    })?;
    let mut listed = Vec::with_capacity(versions.len());
    for version in versions {
        let found = registry.read(subject, VersionSpec::Number(version)).await?;
        let Some(found) = found else { continue };
        listed.push(json!({
            "version": found.version,
            "id": found.id,
            "schemaType": found.schema_type,
            "references": found.references,
        }));
    }
    let config = client.effective_config(Some(subject)).await;
    let mode = client.effective_mode(Some(subject)).await;
    Ok(json!({
        "subject": subject,
        "compatibilityLevel": config.map_err(|error| failure(&error))?.compatibility_level.unwrap_or_default(),
        "mode": mode.map_err(|error| failure(&error))?.as_str(),
        "versions": listed,
    }))
}

fn table(shown: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out = format!(
        "subject  {}\nlevel    {}\nmode     {}\n",
        text(&shown["subject"]),
        text(&shown["compatibilityLevel"]),
        text(&shown["mode"]),
    );
    for version in shown["versions"].as_array().into_iter().flatten() {
        let references: Vec<String> = version["references"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| format!("{}@{}", text(&one["subject"]), one["version"]))
            .collect();
        let refers = if references.is_empty() {
            String::new()
        } else {
            format!("  refers to {}", references.join(", "))
        };
        let _ = writeln!(
            out,
            "version  {}  id {}  {}{refers}",
            version["version"],
            version["id"],
            text(&version["schemaType"]),
        );
    }
    out
}

/// A text as people read it; as it is where it is no JSON.
fn indented(schema_type: SchemaType, text: &str) -> String {
    if schema_type == SchemaType::Protobuf {
        return text.to_owned();
    }
    let value: Option<Value> = serde_json::from_str(text).ok();
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
    pretty.unwrap_or_else(|| text.to_owned())
}
