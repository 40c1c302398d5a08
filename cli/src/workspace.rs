//! The schemas a project owns: which files, under which subjects, and which of them refer to which.

use std::{
    collections::HashSet,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use dovetail_codegen::manifest::{self, Manifest, Source as Origin, VersionRequest};
use dovetail_compat::link::{Document, Linked};
use dovetail_model::{CompatibilityLevel, QualifiedSubject, SchemaType};

use crate::{
    ending::{Failure, Outcome},
    source::{Tree, link},
};

/// A schema of the project.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub(crate) subject: Option<QualifiedSubject>,
    /// Relative to the working folder, or absolute.
    pub(crate) file: String,
    pub(crate) schema_type: SchemaType,
    /// What the manifest says.
    pub(crate) level: Option<CompatibilityLevel>,
}

/// All schemas of the project, read and linked.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) owned: Vec<Owned>,
    pub(crate) linked: Linked,
    /// Subjects of others, whose versions ours may refer to.
    pub(crate) used: Vec<(QualifiedSubject, VersionRequest)>,
    /// Those that were asked for with what they need, in dependency order.
    pub(crate) chosen: Vec<usize>,
}

/// Which schemas are meant.
#[derive(Debug, Default)]
pub(crate) struct Choice<'a> {
    /// These files; all of the manifest where there are none.
    pub(crate) files: &'a [String],
    /// The subject of the one file.
    pub(crate) subject: Option<&'a str>,
    /// The format of files whose names do not say it.
    pub(crate) schema_type: Option<SchemaType>,
}

impl Workspace {
    /// Reads the manifest's schemas, and those of the choice that it does not list.
    pub(crate) fn read(manifest: Option<&Manifest>, choice: &Choice<'_>) -> Outcome<Self> {
        let mut owned = manifest.map_or_else(Vec::new, owned_by);
        let asked = choose(&mut owned, choice)?;
        if owned.is_empty() {
            return Err(Failure::usage("there is no schema to check").help(
                "name files, or list the project's schemas in dovetail.toml: `dovetail init` writes one",
            ));
        }
        let paths: Vec<String> = owned.iter().map(|owned| owned.file.clone()).collect();
        let texts = Tree::Disk.read(&paths)?;
        let mut documents = Vec::with_capacity(owned.len());
        let mut absent = Vec::new();
        for (owned, text) in owned.iter().zip(texts) {
            match text {
                Some(text) => documents.push(Document {
                    path: normal(&owned.file),
                    schema_type: owned.schema_type,
                    text,
                }),
                None => absent.push(owned.file.as_str()),
            }
        }
        if !absent.is_empty() {
            return Err(Failure::usage(format!(
                "there is no file {}",
                absent.join(", nor ")
            )));
        }
        let linked = link(documents)?;
        let chosen = with_needs(&linked, asked);
        let used = manifest.into_iter().flat_map(Manifest::used);
        Ok(Self {
            owned,
            linked,
            used: used
                .map(|(entry, request)| (entry.name.clone(), request.clone()))
                .collect(),
            chosen,
        })
    }

    /// The text of a schema.
    pub(crate) fn text(&self, number: usize) -> Arc<str> {
        Arc::clone(&self.linked.documents()[number].text)
    }
}

/// The schemas that a manifest owns.
fn owned_by(manifest: &Manifest) -> Vec<Owned> {
    let root = manifest.root();
    let owned = manifest
        .subjects
        .iter()
        .filter_map(|entry| match &entry.source {
            Origin::Owned {
                file,
                schema_type,
                compatibility,
            } => Some(Owned {
                subject: Some(entry.name.clone()),
                file: shown(&root.join(file)),
                schema_type: *schema_type,
                level: *compatibility,
            }),
            Origin::Used(_) => None,
        });
    owned.collect()
}

/// The numbers of the schemas that are asked for. Files that the manifest does not list are added.
fn choose(owned: &mut Vec<Owned>, choice: &Choice<'_>) -> Outcome<Vec<usize>> {
    let subject = choice.subject.map(QualifiedSubject::parse).transpose();
    let subject = subject.map_err(Failure::usage)?;
    if choice.files.is_empty() {
        let Some(subject) = subject else {
            return Ok((0..owned.len()).collect());
        };
        let known = owned
            .iter()
            .position(|owned| owned.subject.as_ref() == Some(&subject));
        let known = known.ok_or_else(|| {
            Failure::usage(format!(
                "the manifest lists no file for subject \"{subject}\""
            ))
        })?;
        return Ok(vec![known]);
    }
    if subject.is_some() && choice.files.len() > 1 {
        return Err(
            Failure::usage("--subject goes with one file, and there are several")
                .help("list the files with their subjects in dovetail.toml"),
        );
    }
    let mut chosen = Vec::with_capacity(choice.files.len());
    for file in choice.files {
        let same = |owned: &Owned| normal(&owned.file) == normal(file);
        if let Some(number) = owned.iter().position(same) {
            if subject.is_some() {
                owned[number].subject.clone_from(&subject);
            }
            chosen.push(number);
            continue;
        }
        let named = manifest::schema_type_of(Path::new(file));
        chosen.push(owned.len());
        owned.push(Owned {
            subject: subject.clone(),
            file: file.clone(),
            schema_type: choice.schema_type.or(named).ok_or_else(|| {
                Failure::usage(format!("the format of {file} cannot be told from its name"))
                    .help("name it .avsc, .proto or .json, or say --type AVRO, PROTOBUF or JSON")
            })?,
            level: None,
        });
    }
    Ok(chosen)
}

/// What was asked for and everything it needs, in dependency order.
fn with_needs(linked: &Linked, asked: Vec<usize>) -> Vec<usize> {
    let mut wanted: HashSet<usize> = HashSet::new();
    let mut waiting = asked;
    while let Some(number) = waiting.pop() {
        if wanted.insert(number) {
            let links = linked.links(number).unwrap_or_default();
            waiting.extend(links.iter().map(|link| link.to));
        }
    }
    let order = linked.order().iter().copied();
    order.filter(|number| wanted.contains(number)).collect()
}

/// A path as it is shown, without `./` before it.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

/// A path without `.` and `..`, so that equal paths are equal texts.
fn normal(path: &str) -> String {
    let mut out = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            part => out.push(part),
        }
    }
    shown(&out)
}
