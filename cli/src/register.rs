//! `dovetail register`: checks, and registers what is new, in dependency order. Repeating it changes nothing.

use clap::Args;
use dovetail_client::{ConfigChange, LookUp, Register as Registration};
use dovetail_model::{CompatibilityLevel, Version};

use crate::{
    check::{Which, is_fine},
    ending::{Failure, Outcome},
    output::{Output, counted, progress},
    plan::{Plan, against_registry, register_all},
    registry::{Connect, Registry, failure},
    report::Status,
    workspace::Workspace,
};

/// Registers schemas, after checking all of them. Where one of them breaks anybody, none is registered.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail register
      Every schema of dovetail.toml that is new or changed, references first
  dovetail register schemas/order.avsc --subject orders-value
  dovetail register --dry-run
      What would be registered, as `dovetail check` says it

Repeating it changes nothing. Exit codes are those of `dovetail check`.")]
pub(crate) struct Register {
    /// The files to register [default: every file of the manifest]
    #[arg(value_name = "FILE")]
    files: Vec<String>,

    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    connect: Connect,
}

impl Register {
    pub(crate) fn run(self) -> Outcome {
        let workspace = self.which.workspace(&self.connect, &self.files)?;
        let registry = self.connect.registry()?;
        let options = self.which.options();
        let mut plan = registry.run(against_registry(&registry, &workspace, options))?;
        plan.report.command = "register";
        if is_fine(&plan.report) && !self.dry_run {
            progress(&format!(
                "registering {}",
                counted(plan.steps.len(), "schema")
            ));
            let done = registry.run(take_steps(&registry, &mut plan, self.which.normalize));
            let done =
                done.and_then(|()| registry.run(set_levels(&registry, &workspace, &mut plan)));
            progress("");
            // What was registered before a failure is said all the same.
            if let Err(failure) = done {
                self.output.print(&plan.report)?;
                return Err(failure);
            }
        }
        self.output.print(&plan.report)?;
        Ok(plan.report.ending())
    }
}

/// Makes the registrations: all or none, or one by one where the registry has no batches. References to what was registered just now get their versions.
async fn take_steps(registry: &Registry, plan: &mut Plan, normalize: bool) -> Outcome<()> {
    if register_all(registry, plan, normalize).await? {
        return Ok(());
    }
    let entries = &mut plan.report.entries;
    for step in &mut plan.steps {
        for (reference, entry) in &step.waits_for {
            let Status::Registered { version, .. } = entries[*entry].status else {
                return Err(Failure::undecided(format!(
                    "{} was not registered, and {} refers to it",
                    entries[*entry].name(),
                    step.subject
                )));
            };
            step.request.references[*reference].version = i32::try_from(version).unwrap_or(-1);
        }
        let subject = step.subject.to_string();
        let how = Registration {
            normalize,
            ..Registration::default()
        };
        let registered = registry
            .client()
            .register(&subject, &step.request, &how)
            .await;
        let registered = registered.map_err(|error| failure(&error))?;
        let version = match registered.version {
            Some(version) => version,
            // Older registries answer the id alone.
            None => found_again(registry, &subject, step).await?,
        };
        entries[step.entry].status = Status::Registered {
            version: version.get(),
            id: registered.id.get(),
        };
    }
    Ok(())
}

async fn found_again(
    registry: &Registry,
    subject: &str,
    step: &crate::plan::Step,
) -> Outcome<Version> {
    let found = registry
        .client()
        .look_up(subject, &step.request, &LookUp::default())
        .await;
    Ok(found.map_err(|error| failure(&error))?.version)
}

/// Sets the levels that the manifest asks for, where the registry says something else.
async fn set_levels(registry: &Registry, workspace: &Workspace, plan: &mut Plan) -> Outcome<()> {
    for (number, entry) in workspace.chosen.iter().zip(&mut plan.report.entries) {
        let owned = &workspace.owned[*number];
        let (Some(level), Some(subject)) = (owned.level, &owned.subject) else {
            continue;
        };
        let subject = subject.to_string();
        let config = registry.client().effective_config(Some(&subject)).await;
        let holds = config.map_err(|error| failure(&error))?.compatibility_level;
        entry.notes.clear();
        if holds != Some(level) {
            set_level(registry, &subject, level).await?;
            let before = holds.unwrap_or_default();
            entry
                .notes
                .push(format!("the level was {before} and is {level} now"));
        }
    }
    Ok(())
}

async fn set_level(registry: &Registry, subject: &str, level: CompatibilityLevel) -> Outcome<()> {
    let change = ConfigChange::new().compatibility(level);
    let set = registry
        .client()
        .change_config(Some(subject), &change)
        .await;
    set.map(drop).map_err(|error| failure(&error))
}
