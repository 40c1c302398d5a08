//! The registry's own word on a plan: all steps as one batch, tried out or done.
//!
//! Registries that have no batches are asked step by step, and only when something is to be written.

use dovetail_client::{Batch, RegisterRequest};
use dovetail_model::bodies::{BatchAnswer, BatchItem, BatchOutcome, BatchReference, BatchRequest};

use super::{Options, Plan, Step};
use crate::{
    ending::{Failure, Outcome},
    registry::{Registry, failure},
    report::{Finding, Status},
};

/// How many schemas a registry takes at once.
const MOST: usize = 1000;

/// Asks what would come of the steps. What the registry would refuse although nothing was found here is a finding.
pub(super) async fn confirm(registry: &Registry, plan: &mut Plan, options: Options) -> Outcome<()> {
    let how = Batch {
        normalize: options.normalize,
        dry_run: true,
    };
    for refused in ask(registry, &plan.steps, &how).await?.unwrap_or_default() {
        let (at, answer) = refused;
        let entry = &mut plan.report.entries[plan.steps[at].entry];
        let (status, rule) = match answer.outcome {
            BatchOutcome::Incompatible => (Status::Breaking, "REFUSED_AS_INCOMPATIBLE"),
            BatchOutcome::Refused | BatchOutcome::Blocked => {
                (Status::Refused, "REFUSED_BY_REGISTRY")
            }
            BatchOutcome::New | BatchOutcome::Compatible | BatchOutcome::Unchanged => continue,
        };
        entry.status = status;
        let mut message = answer.message.unwrap_or_default();
        for line in &answer.messages {
            message = format!("{message}\n{line}");
        }
        entry
            .findings
            .push(Finding::plain(rule, message.trim(), ""));
    }
    Ok(())
}

/// Makes all registrations or none. `false` where the registry has no batches, and nothing was done.
pub(crate) async fn register_all(
    registry: &Registry,
    plan: &mut Plan,
    normalize: bool,
) -> Outcome<bool> {
    let how = Batch {
        normalize,
        dry_run: false,
    };
    let Some(answers) = ask(registry, &plan.steps, &how).await? else {
        return Ok(false);
    };
    for (at, answer) in answers {
        let (Some(version), Some(id)) = (answer.version, answer.id) else {
            let subject = &plan.steps[at].subject;
            return Err(Failure::undecided(format!(
                "the registry does not say what became of {subject}"
            )));
        };
        plan.report.entries[plan.steps[at].entry].status = Status::Registered {
            version: version.get(),
            id: id.get(),
        };
    }
    Ok(true)
}

/// Sends the steps. Nothing comes back where the registry has no batches; else an answer for each step.
async fn ask(
    registry: &Registry,
    steps: &[Step],
    how: &Batch,
) -> Outcome<Option<Vec<(usize, BatchAnswer)>>> {
    if steps.is_empty() {
        return Ok(Some(Vec::new()));
    }
    if steps.len() > MOST {
        return Err(Failure::usage(format!(
            "{} schemas are new or changed, and {MOST} can be registered at once",
            steps.len()
        ))
        .help("name some of the files, those that others refer to first"));
    }
    let batch = BatchRequest {
        schemas: steps.iter().map(|step| item(step, steps)).collect(),
    };
    match registry.client().batch(&batch, how).await {
        Ok(answer) if answer.schemas.len() == steps.len() => {
            Ok(Some(answer.schemas.into_iter().enumerate().collect()))
        }
        Ok(_) => Err(Failure::undecided(
            "the registry answered for other schemas than were sent",
        )),
        Err(error) if error.is_not_found() || error.status() == Some(405) => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

fn item(step: &Step, steps: &[Step]) -> BatchItem {
    let RegisterRequest {
        schema,
        schema_type,
        references,
        ..
    } = step.request.clone();
    let references = references.into_iter().enumerate().map(|(at, reference)| {
        let waits_for = step.waits_for.iter().find(|(waiting, _)| *waiting == at);
        let item =
            waits_for.and_then(|(_, entry)| steps.iter().position(|step| step.entry == *entry));
        BatchReference {
            name: reference.name,
            subject: item.is_none().then_some(reference.subject),
            version: item.is_none().then_some(reference.version),
            item,
        }
    });
    BatchItem {
        subject: step.subject.to_string(),
        schema,
        schema_type,
        references: references.collect(),
        ..BatchItem::default()
    }
}
