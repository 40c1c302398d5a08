//! `dovetail init`: a manifest to start from, from a folder of schemas or from a registry.

use std::{collections::HashMap, fmt::Write as _, fs, io::Write as _, path::Path};

use clap::Args;
use dovetail_client::ListSubjects;
use dovetail_compat::link::{Document, Linked, mentions};
use dovetail_model::SchemaType;

use crate::{
    ending::{Ending, Failure, Outcome},
    output,
    registry::Connect,
    source::{Tree, link},
};

/// Writes dovetail.toml: the schemas of a folder as subjects that this project owns, or those of a registry as subjects it
/// uses.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail init schemas
      Every .avsc, .proto and .json schema below the folder, each under a subject named after it
  dovetail init --from-registry --prefix payments-
      The latest versions of these subjects, for `dovetail pull`
  dovetail init schemas --print
      Shows it and writes nothing")]
pub(crate) struct Init {
    /// The folder to look for schemas in
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: String,

    /// List the subjects of the registry instead
    #[arg(long)]
    from_registry: bool,

    /// How the names of those subjects begin
    #[arg(long, value_name = "PREFIX", requires = "from_registry")]
    prefix: Option<String>,

    /// What follows a file's name in its subject; schemas that others refer to are named after what they define
    #[arg(long, value_name = "TEXT", default_value = "-value")]
    suffix: String,

    /// Print the manifest instead of writing it
    #[arg(long)]
    print: bool,

    #[command(flatten)]
    connect: Connect,
}

impl Init {
    pub(crate) fn run(self) -> Outcome {
        let path = self.connect.manifest_path();
        if !self.print && path.exists() {
            return Err(
                Failure::usage(format!("{} is there already", path.display()))
                    .help("remove it first, or see what would be written with --print"),
            );
        }
        let text = if self.from_registry {
            self.of_registry()?
        } else {
            self.of_folder()?
        };
        if self.print {
            output::print(&text)?;
            return Ok(Ending::Fine);
        }
        // Only where nobody else made it meanwhile.
        let written =
            fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| {
            Failure::usage(format!("{} cannot be written: {error}", path.display()))
        })?;
        output::print(&format!("wrote {}\n", path.display()))?;
        Ok(Ending::Fine)
    }

    fn of_registry(&self) -> Outcome<String> {
        let registry = self.connect.registry()?;
        let list = ListSubjects {
            prefix: self.prefix.clone(),
            ..ListSubjects::default()
        };
        let subjects = registry.ask(registry.client().subjects(&list))?;
        if subjects.is_empty() {
            return Err(Failure::usage(format!(
                "{} has no such subject",
                registry.url()
            )));
        }
        let mut text = format!("registry = {}\n", quoted(registry.url()));
        for subject in subjects {
            let _ = write!(
                text,
                "\n[[subject]]\nname = {}\nversion = \"latest\"\n",
                quoted(&subject)
            );
        }
        Ok(text)
    }

    fn of_folder(&self) -> Outcome<String> {
        if !Path::new(&self.folder).is_dir() {
            return Err(Failure::usage(format!(
                "there is no folder {}",
                self.folder
            )));
        }
        let folder = self.folder.trim_end_matches('/').trim_start_matches("./");
        let mut documents = Vec::new();
        for schema_type in SchemaType::ALL {
            let paths =
                Tree::Disk.schemas_below(if folder == "." { "" } else { folder }, schema_type)?;
            let texts = Tree::Disk.read(&paths)?;
            for (path, text) in paths.into_iter().zip(texts) {
                let Some(text) = text.filter(|text| is_schema(schema_type, text)) else {
                    continue;
                };
                documents.push(Document {
                    path,
                    schema_type,
                    text,
                });
            }
        }
        if documents.is_empty() {
            return Err(Failure::usage(format!(
                "there is no schema below {folder}: no .avsc, no .proto, and no .json with $schema, $id, type or $ref"
            )));
        }
        let url = self.connect.url()?;
        let linked = link(documents)?;
        let mut text = format!(
            "registry = {}\n",
            quoted(url.as_deref().unwrap_or("http://127.0.0.1:8081"))
        );
        for (document, subject) in linked.documents().iter().zip(self.subjects(&linked)) {
            let _ = write!(
                text,
                "\n[[subject]]\nname = {}\nfile = {}\n",
                quoted(&subject),
                quoted(&document.path)
            );
        }
        Ok(text)
    }

    /// A name for the subject of each schema, and no name twice: the shortest that no other one has.
    fn subjects(&self, linked: &Linked) -> Vec<String> {
        let numbers = 0..linked.documents().len();
        let mut choices: Vec<_> = numbers
            .map(|number| self.names(linked, number).into_iter())
            .collect();
        let mut names: Vec<String> = choices.iter_mut().filter_map(Iterator::next).collect();
        loop {
            let mut counts = HashMap::new();
            for name in &names {
                *counts.entry(name.clone()).or_insert(0) += 1;
            }
            let mut has_changed = false;
            for (name, choices) in names.iter_mut().zip(&mut choices) {
                if counts[name] > 1
                    && let Some(next) = choices.next()
                {
                    *name = next;
                    has_changed = true;
                }
            }
            if !has_changed {
                return names;
            }
        }
    }

    /// What the subject of a schema may be called, the best first: for one that others refer to, the name they use; else the
    /// first word of its file's name, that name, and its whole path without and with the extension.
    fn names(&self, linked: &Linked, number: usize) -> Vec<String> {
        let path = &linked.documents()[number].path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let without_extension = |text: &str| text.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let word = name.split('.').next().filter(|word| !word.is_empty());
        let words = [
            word.map(str::to_owned),
            without_extension(name),
            without_extension(path).map(|path| path.replace('/', ".")),
            Some(path.replace('/', ".")),
        ];
        let all = 0..linked.documents().len();
        let mut links = all.flat_map(|from| linked.links(from).unwrap_or_default());
        let referred = links.find(|link| link.to == number);
        referred
            .map(|link| link.name.trim_start_matches("./").to_owned())
            .into_iter()
            .chain(
                words
                    .into_iter()
                    .flatten()
                    .map(|word| format!("{word}{}", self.suffix)),
            )
            .collect()
    }
}

/// Whether a file is a schema. Any JSON may be called .json, so those must look like one.
fn is_schema(schema_type: SchemaType, text: &str) -> bool {
    const KEYS: [&str; 8] = [
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "definitions",
        "properties",
        "allOf",
        "oneOf",
    ];
    if schema_type != SchemaType::Json {
        return mentions(schema_type, text).is_ok();
    }
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let looks_so = value.is_some_and(|value| KEYS.iter().any(|key| value.get(key).is_some()));
    looks_so && mentions(schema_type, text).is_ok()
}

/// A text as TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
