//! Judging without a registry: against the same files somewhere else, or against one schema.

use dovetail_compat::link::{Document, Linked};
use dovetail_model::CompatibilityLevel;

use super::{Options, entry, texts::Reached};
use crate::{
    ending::{Failure, Outcome},
    judge::{Obligation, judge, parsed},
    report::{Entry, Report, Status},
    source::{Loaded, Tree, link, load_file},
    workspace::{Owned, Workspace},
};

/// What the schemas of a project are compared with.
#[derive(Debug)]
pub(crate) enum Baseline {
    /// The same files as they are elsewhere.
    Files {
        tree: Tree,
        /// The folder they are in instead of the working folder.
        folder: Option<String>,
        name: String,
    },
    /// One schema, for one file.
    One(Box<Loaded>),
}

/// The files as they are elsewhere.
struct Earlier<'a> {
    tree: &'a Tree,
    name: &'a str,
    /// For each schema of the project, the path and the number of the text, where there is one.
    found: Vec<Option<(String, usize)>>,
    linked: Linked,
}

/// Judges the chosen schemas. No registry is asked.
pub(crate) fn against_files(
    workspace: &Workspace,
    baseline: &Baseline,
    options: Options,
) -> Outcome<Report> {
    let earlier = match baseline {
        Baseline::Files { tree, folder, name } => {
            Some(Earlier::read(workspace, tree, folder.as_deref(), name)?)
        }
        Baseline::One(_) => None,
    };
    let mut reached = Reached::default();
    let mut report = Report {
        command: "check",
        baseline: match baseline {
            Baseline::Files { name, .. } => name.clone(),
            Baseline::One(one) => one.name.clone(),
        },
        entries: Vec::with_capacity(workspace.chosen.len()),
    };
    for &number in &workspace.chosen {
        let new = loaded(workspace, number, &mut reached)?;
        let previous = match (baseline, &earlier) {
            (Baseline::One(one), _) => Some(one.as_ref().clone()),
            (_, Some(earlier)) => earlier.previous(number)?,
            (_, None) => None,
        };
        let mut entry = entry(&workspace.owned[number]);
        decide(
            &mut entry,
            &workspace.owned[number],
            &new,
            previous,
            options,
        )?;
        report.entries.push(entry);
    }
    Ok(report)
}

/// A schema of the project with everything it refers to, in the manifest or in the folders around it.
fn loaded(workspace: &Workspace, number: usize, reached: &mut Reached) -> Outcome<Loaded> {
    let owned = &workspace.owned[number];
    let foreign = if workspace.linked.missing(number).is_empty() {
        Vec::new()
    } else {
        let around = load_file(
            &Tree::Disk,
            &owned.file,
            owned.file.clone(),
            Some(owned.schema_type),
        )?;
        around.references
    };
    Ok(Loaded {
        name: owned.file.clone(),
        file: Some(owned.file.clone()),
        subject: owned.subject.as_ref().map(ToString::to_string),
        schema_type: owned.schema_type,
        text: workspace.text(number),
        references: reached.add(&workspace.linked, number, &foreign),
    })
}

fn decide(
    entry: &mut Entry,
    owned: &Owned,
    new: &Loaded,
    previous: Option<Loaded>,
    options: Options,
) -> Outcome<()> {
    let schema = match parsed(new) {
        Ok(schema) => schema,
        Err(finding) => {
            entry.status = Status::Invalid;
            entry.findings.push(*finding);
            return Ok(());
        }
    };
    let Some(previous) = previous else {
        entry.status = Status::New;
        return Ok(());
    };
    let is_same = |earlier: &dovetail_compat::Schema| {
        earlier.canonical() == schema.canonical() && previous.references == new.references
    };
    if previous.schema_type == new.schema_type && parsed(&previous).is_ok_and(|it| is_same(&it)) {
        entry.status = Status::Unchanged {
            version: None,
            id: None,
        };
        return Ok(());
    }
    let level = match (options.level, owned.level) {
        (Some(level), _) => (level, "asked for".to_owned()),
        (None, Some(level)) => (level, "the manifest".to_owned()),
        (None, None) => (CompatibilityLevel::default(), "the default".to_owned()),
    };
    let mut obligation = Obligation {
        levels: vec![level],
        ..Obligation::default()
    };
    if obligation.asks() {
        obligation.previous.push(previous);
    }
    entry.compared_with = obligation
        .previous
        .iter()
        .map(|one| one.name.clone())
        .collect();
    entry.findings = judge(new, &schema, &obligation)?;
    entry.levels = obligation.levels;
    entry.status = if entry.findings.is_empty() {
        Status::Compatible
    } else {
        Status::Breaking
    };
    Ok(())
}

impl<'a> Earlier<'a> {
    /// Reads all files of the project as they are elsewhere, at once.
    fn read(
        workspace: &Workspace,
        tree: &'a Tree,
        folder: Option<&str>,
        name: &'a str,
    ) -> Outcome<Self> {
        let path = |owned: &Owned| match tree {
            Tree::Git(revision) => revision.path_of(&owned.file),
            Tree::Disk => Ok(in_folder(folder.unwrap_or("."), &owned.file)),
        };
        let paths = workspace
            .owned
            .iter()
            .map(path)
            .collect::<Outcome<Vec<String>>>()?;
        let mut documents = Vec::new();
        let mut found = Vec::with_capacity(paths.len());
        for ((text, path), owned) in tree
            .read(&paths)?
            .into_iter()
            .zip(paths)
            .zip(&workspace.owned)
        {
            let Some(text) = text else {
                found.push(None);
                continue;
            };
            found.push(Some((path.clone(), documents.len())));
            documents.push(Document {
                path,
                schema_type: owned.schema_type,
                text,
            });
        }
        let linked = link(documents).map_err(|failure| {
            Failure::undecided(format!("{name} cannot be compared with: {failure}"))
        })?;
        Ok(Self {
            tree,
            name,
            found,
            linked,
        })
    }

    /// A schema as it is there, with everything it referred to.
    fn previous(&self, number: usize) -> Outcome<Option<Loaded>> {
        let Some((path, at)) = &self.found[number] else {
            return Ok(None);
        };
        let document = &self.linked.documents()[*at];
        let name = format!("{} ({})", path, self.name);
        if !self.linked.missing(*at).is_empty() {
            return load_file(self.tree, path, name, Some(document.schema_type)).map(Some);
        }
        Ok(Some(Loaded {
            name,
            file: None,
            subject: None,
            schema_type: document.schema_type,
            text: document.text.clone(),
            references: self.linked.references(*at),
        }))
    }
}

/// A file of the project in another folder: at the same path, or directly in it.
fn in_folder(folder: &str, file: &str) -> String {
    let folder = folder.trim_end_matches('/');
    let same = format!("{folder}/{}", file.trim_start_matches("./"));
    let direct = format!("{folder}/{}", file.rsplit('/').next().unwrap_or(file));
    let is_there = |path: &str| std::path::Path::new(path).is_file();
    if !is_there(&same) && is_there(&direct) {
        direct
    } else {
        same
    }
}
