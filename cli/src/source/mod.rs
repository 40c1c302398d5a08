//! Where schemas come from, spelled the same wherever one is named: a file, `git:REVISION:PATH`, `SUBJECT@VERSION`, `id:N`,
//! or a version's URL in any registry.

mod git;
mod tree;

use std::{path::Path, str::FromStr, sync::Arc};

use dovetail_compat::{
    NamedText,
    link::{Document, Linked},
};
use dovetail_model::{SchemaId, SchemaType, VersionSpec};

pub(crate) use git::Revision;
pub(crate) use tree::Tree;

use crate::{
    ending::{Failure, Outcome},
    registry::{Connect, Registry},
};

/// What users may write where one schema is wanted.
pub(crate) const SOURCES: &str = "\
Where a schema is wanted, these can be named:
  schemas/order.avsc            a file; what it refers to is found in the files around it
  git:main:schemas/order.avsc   a file as it is in a git revision
  orders-value@latest           a version of a subject, by number or `latest`
  id:7                          a schema by its id
  http://host:8081/subjects/orders-value/versions/2
                                a version in another registry";

/// A schema that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    File(String),
    Git {
        revision: String,
        path: String,
    },
    Version {
        registry: Option<String>,
        subject: String,
        version: VersionSpec,
    },
    Id {
        registry: Option<String>,
        id: SchemaId,
    },
}

/// A schema with everything it refers to.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// What it is called in reports.
    pub(crate) name: String,
    /// The file it lies in now, if it does.
    pub(crate) file: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) schema_type: SchemaType,
    pub(crate) text: Arc<str>,
    pub(crate) references: Vec<NamedText>,
}

impl Source {
    /// Reads a source as the user wrote it. What exists as a file is a file.
    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        if let Some(rest) = text.strip_prefix("git:") {
            let parts = rest
                .split_once(':')
                .filter(|(revision, path)| !revision.is_empty() && !path.is_empty());
            let (revision, path) = parts.ok_or_else(|| {
                Failure::usage(format!(
                    "{text} is not git:REVISION:PATH, such as git:main:schemas/order.avsc"
                ))
            })?;
            return Ok(Self::Git {
                revision: revision.to_owned(),
                path: path.to_owned(),
            });
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return url(text).ok_or_else(|| {
                Failure::usage(format!("{text} names no schema")).help(
                    "a registry's schema is URL/subjects/SUBJECT/versions/VERSION or URL/schemas/ids/ID",
                )
            });
        }
        if let Some(file) = text.strip_prefix("file:") {
            return Ok(Self::File(file.to_owned()));
        }
        if Path::new(text).exists() {
            return Ok(Self::File(text.to_owned()));
        }
        if let Some(number) = text.strip_prefix("id:") {
            return Ok(Self::Id {
                registry: None,
                id: id(number)
                    .ok_or_else(|| Failure::usage(format!("{number:?} is no schema id")))?,
            });
        }
        let version = text.rsplit_once('@').and_then(|(subject, version)| {
            let version = VersionSpec::from_str(version).ok()?;
            (!subject.is_empty()).then(|| (subject.to_owned(), version))
        });
        Ok(match version {
            Some((subject, version)) => Self::Version {
                registry: None,
                subject,
                version,
            },
            None => Self::File(text.to_owned()),
        })
    }

    /// Loads the schema with everything it refers to.
    pub(crate) fn load(
        &self,
        connect: &Connect,
        schema_type: Option<SchemaType>,
    ) -> Outcome<Loaded> {
        let registry = |registry: &Option<String>| match registry {
            Some(url) => Registry::at(url, connect),
            None => connect.registry(),
        };
        match self {
            Self::File(path) => {
                load_file(&Tree::Disk, path, path.clone(), schema_type).map(|loaded| Loaded {
                    file: Some(path.clone()),
                    ..loaded
                })
            }
            Self::Git { revision, path } => {
                let revision = Revision::find(revision)?;
                let name = format!("git:{}:{path}", revision.name());
                let path = revision.path_of(path)?;
                load_file(&Tree::Git(revision), &path, name, schema_type)
            }
            Self::Version {
                registry: from,
                subject,
                version,
            } => {
                let registry = registry(from)?;
                let found = registry.run(registry.version(subject, *version))?;
                found.ok_or_else(|| {
                    let which = match version {
                        VersionSpec::Latest => String::new(),
                        version @ VersionSpec::Number(_) => {
                            format!("version {} of ", version_word(*version))
                        }
                    };
                    Failure::undecided(format!(
                        "{} has no {which}subject {subject:?}",
                        registry.url()
                    ))
                    .help("`dovetail subjects` lists the subjects, and `dovetail show SUBJECT` its versions")
                })
            }
            Self::Id { registry: from, id } => {
                let registry = registry(from)?;
                registry.run(registry.by_id(*id))
            }
        }
    }
}

/// A version as the user writes it.
pub(crate) fn version_word(version: VersionSpec) -> String {
    match version {
        VersionSpec::Latest => "latest".to_owned(),
        VersionSpec::Number(number) => number.to_string(),
    }
}

/// The format that a file's name says it has.
pub(crate) fn schema_type_of(path: &str) -> Option<SchemaType> {
    let name = path.rsplit('/').next()?;
    let (_, extension) = name.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "avsc" => Some(SchemaType::Avro),
        "proto" => Some(SchemaType::Protobuf),
        "json" => Some(SchemaType::Json),
        _ => None,
    }
}

/// Reads a file and finds what it refers to: first in its own folder, then in those around it.
pub(crate) fn load_file(
    tree: &Tree,
    path: &str,
    name: String,
    schema_type: Option<SchemaType>,
) -> Outcome<Loaded> {
    let text = tree.read_one(path)?;
    let schema_type = schema_type
        .or_else(|| schema_type_of(path))
        .ok_or_else(|| {
            Failure::usage(format!("the format of {path} cannot be told from its name"))
                .help("name it .avsc, .proto or .json, or say --type AVRO, PROTOBUF or JSON")
        })?;
    let document = Document {
        path: path.to_owned(),
        schema_type,
        text: Arc::clone(&text),
    };
    Ok(Loaded {
        name,
        file: None,
        subject: None,
        schema_type,
        text,
        references: references(tree, &document)?,
    })
}

/// Everything that a file refers to, as far as it is found. What is missing is said when the schema is parsed.
fn references(tree: &Tree, document: &Document) -> Outcome<Vec<NamedText>> {
    let mut linked = link(vec![document.clone()])?;
    let is_missing = |linked: &Linked| {
        (0..linked.documents().len()).any(|number| !linked.missing(number).is_empty())
    };
    let mut folder = Some(parent(&document.path));
    while let Some(place) = folder.filter(|place| is_missing(&linked) && tree.reaches(place)) {
        let mut paths = tree.schemas_below(place, document.schema_type)?;
        paths.retain(|path| *path != document.path);
        let texts = tree.read(&paths)?;
        let others = paths.into_iter().zip(texts).filter_map(|(path, text)| {
            Some(Document {
                path,
                schema_type: document.schema_type,
                text: text?,
            })
        });
        linked = link(std::iter::once(document.clone()).chain(others).collect())?;
        folder = (!place.is_empty()).then(|| parent(place));
    }
    Ok(linked.references(0))
}

/// Links documents, or names the files that need each other.
pub(crate) fn link(documents: Vec<Document>) -> Outcome<Linked> {
    let paths: Vec<String> = documents
        .iter()
        .map(|document| document.path.clone())
        .collect();
    Linked::of(documents).map_err(|cycle| {
        let names = cycle.0.iter().chain(cycle.0.first());
        let names: Vec<&str> = names.map(|number| paths[*number].as_str()).collect();
        Failure::usage(format!(
            "these schemas refer to each other in a circle: {}",
            names.join(" -> ")
        ))
        .help("move what they share to a schema of its own")
    })
}

fn parent(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit_once('/')
        .map_or("", |(parent, _)| parent)
}

fn id(text: &str) -> Option<SchemaId> {
    SchemaId::new(text.parse().ok()?)
}

/// `URL/subjects/SUBJECT/versions/VERSION` or `URL/schemas/ids/ID`.
fn url(text: &str) -> Option<Source> {
    if let Some((base, number)) = text.rsplit_once("/schemas/ids/") {
        return Some(Source::Id {
            registry: Some(base.to_owned()),
            id: id(number)?,
        });
    }
    let (rest, version) = text.rsplit_once("/versions/")?;
    let (base, subject) = rest.rsplit_once("/subjects/")?;
    let subject = percent_encoding::percent_decode_str(subject)
        .decode_utf8()
        .ok()?;
    Some(Source::Version {
        registry: Some(base.to_owned()),
        subject: subject.into_owned(),
        version: VersionSpec::from_str(version).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use dovetail_model::{SchemaId, Version, VersionSpec};

    use super::Source;

    #[test]
    fn sources_are_told_apart() {
        let parse = |text| Source::parse(text).expect("a source");
        assert_eq!(parse("Cargo.toml"), Source::File("Cargo.toml".into()));
        assert_eq!(parse("no/such.avsc"), Source::File("no/such.avsc".into()));
        assert_eq!(
            parse("git:v1.0:a/b.avsc"),
            Source::Git {
                revision: "v1.0".into(),
                path: "a/b.avsc".into()
            }
        );
        let version = |registry: Option<&str>, subject: &str, version| Source::Version {
            registry: registry.map(str::to_owned),
            subject: subject.into(),
            version,
        };
        let two = VersionSpec::Number(Version::new(2).expect("a version"));
        assert_eq!(
            parse("a@b@latest"),
            version(None, "a@b", VersionSpec::Latest)
        );
        assert_eq!(
            parse("https://h/x/subjects/a%2Fb/versions/2"),
            version(Some("https://h/x"), "a/b", two)
        );
        let id = SchemaId::new(7).expect("an id");
        assert_eq!(parse("id:7"), Source::Id { registry: None, id });
        for wrong in [
            "git:main",
            "git::x",
            "http://h/subjects/a",
            "id:x",
            "http://h/schemas/ids/0",
        ] {
            assert!(Source::parse(wrong).is_err(), "{wrong}");
        }
    }
}
