//! `dovetail check`: what would become of the project's schemas, as a registration would see them. Nothing is written.

use clap::Args;
use dovetail_model::{CompatibilityLevel, SchemaType, VersionSpec};

use crate::{
    ending::{Ending, Failure, Outcome},
    output::{Output, counted, progress},
    plan::{Baseline, Options, against_files, against_registry},
    registry::Connect,
    report::Report,
    source::{Revision, Source, Tree},
    workspace::{Choice, Workspace},
};

/// Checks schemas before they are registered. Nothing is written.
///
/// Each file is checked as a registration would: what is registered already, the subject's mode, its level, and every
/// version that the level names. Schemas that refer to each other are checked together, before any of them is registered.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail check
      Every schema of dovetail.toml against the registry
  dovetail check schemas/order.avsc --subject orders-value
      One file, listed anywhere or not
  dovetail check --against git:origin/main
      Against the files of another revision; no registry is needed
  dovetail check schemas/order.avsc --against dir:../released
  dovetail check schemas/order.avsc --against orders-value@3 --level FULL
  dovetail check --format sarif > dovetail.sarif

Exit codes: 0 fine, 100 something breaks or would be refused, 101 it could not be found out, 2 bad usage, manifest or
schema.")]
pub(crate) struct Check {
    /// The files to check [default: every file of the manifest]
    #[arg(value_name = "FILE")]
    files: Vec<String>,

    /// What to check against: registry, registry:VERSION, git:REVISION, dir:PATH, or one schema
    #[arg(long, value_name = "WHAT", default_value = "registry")]
    against: String,

    /// Judge by this level instead of the registry's and the manifest's
    #[arg(long, value_name = "LEVEL")]
    level: Option<CompatibilityLevel>,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    connect: Connect,
}

/// The options that `check` and `register` share.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The subject of the file, or the one subject of the manifest that is meant
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,

    /// The format of a file whose name does not say it: AVRO, PROTOBUF or JSON
    #[arg(long = "type", value_name = "FORMAT", ignore_case = true)]
    pub(crate) schema_type: Option<SchemaType>,

    /// Rewrite everything that has several spellings into one before looking and registering
    #[arg(long)]
    pub(crate) normalize: bool,
}

impl Which {
    /// The schemas that are meant.
    pub(crate) fn workspace(&self, connect: &Connect, files: &[String]) -> Outcome<Workspace> {
        let manifest = if files.is_empty() {
            Some(connect.manifest()?)
        } else {
            connect.manifest_if_any()?
        };
        let choice = Choice {
            files,
            subject: self.subject.as_deref(),
            schema_type: self.schema_type,
        };
        Workspace::read(manifest.as_ref(), &choice)
    }

    pub(crate) const fn options(&self) -> Options {
        Options {
            level: None,
            normalize: self.normalize,
            version: None,
        }
    }
}

impl Check {
    pub(crate) fn run(self) -> Outcome {
        let report = self.report()?;
        self.output.print(&report)?;
        Ok(report.ending())
    }

    fn report(&self) -> Outcome<Report> {
        let mut options = self.which.options();
        options.level = self.level;
        let version = match self.against.strip_prefix("registry") {
            Some("") => None,
            Some(version) if version.starts_with(':') => Some(
                version[1..]
                    .parse::<VersionSpec>()
                    .map_err(Failure::usage)?,
            ),
            _ => return self.against_baseline(options),
        };
        options.version = version;
        let workspace = self.which.workspace(&self.connect, &self.files)?;
        let registry = self.connect.registry().map_err(|failure| {
            if failure.is_undecided() {
                return failure;
            }
            failure.help(
                "pass --registry URL, set DOVETAIL_REGISTRY or `registry` in dovetail.toml; or check without a registry: \
                 --against git:origin/main",
            )
        })?;
        progress(&format!(
            "checking {} against {}",
            counted(workspace.chosen.len(), "schema"),
            registry.url()
        ));
        let plan = registry.run(against_registry(&registry, &workspace, options));
        progress("");
        Ok(plan?.report)
    }

    fn against_baseline(&self, options: Options) -> Outcome<Report> {
        let workspace = self.which.workspace(&self.connect, &self.files)?;
        let baseline = self.baseline()?;
        if matches!(baseline, Baseline::One(_)) && self.files.len() != 1 {
            return Err(Failure::usage(format!(
                "{} is one schema: name the one file to check against it",
                self.against
            )));
        }
        let workspace = match baseline {
            Baseline::One(_) => only_asked(workspace),
            Baseline::Files { .. } => workspace,
        };
        against_files(&workspace, &baseline, options)
    }

    fn baseline(&self) -> Outcome<Baseline> {
        let name = self.against.clone();
        if let Some(folder) = self.against.strip_prefix("dir:") {
            if !std::path::Path::new(folder).is_dir() {
                return Err(Failure::undecided(format!("there is no folder {folder}")));
            }
            return Ok(Baseline::Files {
                tree: Tree::Disk,
                folder: Some(folder.to_owned()),
                name,
            });
        }
        match self.against.strip_prefix("git:") {
            Some(revision) if !revision.contains(':') => Ok(Baseline::Files {
                tree: Tree::Git(Revision::find(revision)?),
                folder: None,
                name,
            }),
            _ => {
                let source = Source::parse(&self.against)?;
                let loaded = source.load(&self.connect, self.which.schema_type)?;
                Ok(Baseline::One(Box::new(loaded)))
            }
        }
    }
}

/// Without the schemas that the one file needs: only it is compared. They come last in dependency order.
fn only_asked(mut workspace: Workspace) -> Workspace {
    workspace
        .chosen
        .drain(..workspace.chosen.len().saturating_sub(1));
    workspace
}

/// Ends as the report says, for commands that go on only where it is fine.
pub(crate) fn is_fine(report: &Report) -> bool {
    report.ending() == Ending::Fine
}
