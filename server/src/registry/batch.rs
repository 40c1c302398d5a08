//! Registering many schemas together: all of them or none, in one transaction.
//!
//! The batch is prepared in rounds. A round takes the schemas whose predecessors, of the same subject or by reference, are
//! done, parses and checks them side by side on a view that already holds what earlier rounds plan, and puts what comes of
//! them into that view. One decision then asks all plans again, in the same order, on the newest state. A dry run is the same
//! without the decision.

mod order;

use std::{collections::HashMap, sync::Arc};

use dovetail_compat::Guid;
use dovetail_model::{
    QualifiedSubject, Reference, SchemaId, Version,
    bodies::{BatchItem, BatchOutcome, BatchReference, LATEST, RegisterRequest},
};
use futures_util::future::join_all;

use self::order::Order;
use super::{Registry, RegistryError, Result, planned::PlannedTexts, register::Plan};
use crate::{
    core::{Decision, Moment, Mutation, View},
    storage::StorageError,
};

/// The most schemas of one batch.
pub const MOST_IN_BATCH: usize = 1000;

/// What one schema of a batch came to.
#[derive(Debug, Clone)]
pub struct Placed {
    pub id: SchemaId,
    pub version: Version,
    pub guid: Guid,
    pub outcome: BatchOutcome,
}

/// What a batch came to: an answer for each schema, in their order. Where one of them failed nothing was written.
pub type Batch = Vec<Result<Placed>>;

/// A schema of a batch on its way.
struct Item {
    /// The subject that the request names.
    asked: QualifiedSubject,
    /// The one that is meant: another one where the first is an alias.
    subject: QualifiedSubject,
    request: RegisterRequest,
    references: Vec<BatchReference>,
    normalize: bool,
}

/// A batch that is prepared: a plan for each schema, or why there is none.
struct Prepared {
    /// In the order in which they were planned, with their places.
    plans: Vec<(usize, Plan)>,
    answers: HashMap<usize, Result<Placed>>,
}

/// Why the decision on a batch was not taken.
enum Stop {
    /// A schema was refused on the newest state.
    At(usize, RegistryError),
    Storage(StorageError),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl Registry {
    /// Registers schemas together. With `dry_run` it only says what would come of it.
    pub async fn batch(
        &self,
        items: Vec<BatchItem>,
        normalize: bool,
        dry_run: bool,
    ) -> Result<Batch> {
        let mut items: Vec<Result<Item>> = items
            .into_iter()
            .map(|item| Item::new(item, normalize))
            .collect();
        loop {
            let view = self.view().await?;
            for item in items.iter_mut().flatten() {
                item.subject = view.aliased(&item.asked).into_owned();
            }
            let prepared = self.prepare_batch(&view, &items).await;
            if dry_run || !prepared.writes() {
                return Ok(prepared.batch(items.len()));
            }
            match self.commit_batch(prepared.plans.clone(), &items).await {
                Ok(placed) => return Ok(prepared.placed(placed, items.len())),
                Err(Stop::At(_, RegistryError::Moved)) => {}
                Err(Stop::At(place, error)) => {
                    return Ok(prepared.failed_at(place, error, items.len()));
                }
                Err(Stop::Storage(error)) => return Err(error.into()),
            }
        }
    }

    async fn prepare_batch(&self, view: &View, items: &[Result<Item>]) -> Prepared {
        let planned = Arc::new(PlannedTexts::default());
        let registry = self.planning(Arc::clone(&planned) as _);
        let mut staged = view.clone();
        let mut order = Order::of(view, items);
        let mut prepared = Prepared {
            plans: Vec::new(),
            answers: HashMap::new(),
        };
        loop {
            let round = order.next_round();
            let plans = join_all(round.iter().map(|place| {
                registry.prepare_item(&staged, &items[*place], items, &prepared.answers)
            }));
            let plans = plans.await;
            for (place, plan) in round.iter().zip(plans) {
                let staged = plan.and_then(|mut plan| {
                    let placed = stage(&mut staged, &mut plan, &planned)?;
                    prepared.plans.push((*place, plan));
                    Ok(placed)
                });
                prepared.answer(&mut order, *place, staged);
            }
            if round.is_empty() {
                let Some((circle, error)) = order.circle() else {
                    return prepared;
                };
                for place in circle {
                    prepared.answer(&mut order, place, Err(error.clone()));
                }
            }
        }
    }

    async fn prepare_item(
        &self,
        staged: &View,
        item: &Result<Item>,
        items: &[Result<Item>],
        answers: &HashMap<usize, Result<Placed>>,
    ) -> Result<Plan> {
        let item = item.as_ref().map_err(Clone::clone)?;
        let references = item
            .references
            .iter()
            .map(|reference| concrete(reference, item, items, answers));
        let request = RegisterRequest {
            references: references.collect::<Result<_>>()?,
            ..item.request.clone()
        };
        self.prepare(staged, &item.subject, &Arc::new(request), item.normalize)
            .await
    }

    /// Decides all plans on the newest state, writes what they ask for in one transaction, and says what each came to.
    async fn commit_batch(
        &self,
        mut plans: Vec<(usize, Plan)>,
        items: &[Result<Item>],
    ) -> std::result::Result<Vec<(usize, Placed)>, Stop> {
        let kept = plans.clone();
        let named = items.iter().flatten();
        let named: Vec<_> = named
            .map(|item| (item.asked.clone(), item.subject.clone()))
            .collect();
        let decide = move |moment: &Moment<'_>| {
            let is_meant = |(asked, subject): &(QualifiedSubject, QualifiedSubject)| {
                *moment.view.aliased(asked) == *subject
            };
            if !named.iter().all(is_meant) {
                return Err(Stop::At(0, RegistryError::Moved));
            }
            let mut staged = View::clone(moment.view);
            let mut mutations = Vec::new();
            let mut placed = Vec::with_capacity(plans.len());
            for (place, plan) in &mut plans {
                let (more, outcome) = decide_in(&mut staged, plan, moment.at)
                    .map_err(|error| Stop::At(*place, error))?;
                mutations.extend(more);
                placed.push((*place, outcome));
            }
            Ok::<_, Stop>(if mutations.is_empty() {
                Decision::Keep(placed)
            } else {
                Decision::Write(mutations, placed)
            })
        };
        let placed: Vec<(usize, Placed)> = self.committer.submit(decide).await?;
        for ((_, plan), (_, placed)) in kept.iter().zip(&placed) {
            if placed.outcome != BatchOutcome::Unchanged {
                plan.keep_in(self, placed.id);
            }
        }
        Ok(placed)
    }
}

/// Decides a plan on a view and lets the view have what comes of it.
fn decide_in(view: &mut View, plan: &mut Plan, at: i64) -> Result<(Vec<Mutation>, Placed)> {
    let first = view
        .subject(plan.subject())
        .is_none_or(|holder| holder.latest().is_none());
    let (mutations, (entry, is_new)) = match plan.decide(&Moment { view, at })? {
        Decision::Keep(entry) => (Vec::new(), entry),
        Decision::Write(mutations, entry) => (mutations, entry),
    };
    for mutation in &mutations {
        view.apply_next(&mutation.kind);
    }
    let outcome = match (is_new, first) {
        (false, _) => BatchOutcome::Unchanged,
        (true, true) => BatchOutcome::New,
        (true, false) => BatchOutcome::Compatible,
    };
    let placed = Placed {
        id: entry.id,
        version: entry.version,
        guid: view
            .schema_of(&plan.subject().context, &entry)
            .map_or_else(|| plan.guid(), |schema| schema.guid),
        outcome,
    };
    Ok((mutations, placed))
}

/// Puts what a plan comes to into the view and the texts of the batch.
fn stage(view: &mut View, plan: &mut Plan, planned: &PlannedTexts) -> Result<Placed> {
    let (mutations, placed) = decide_in(view, plan, 0)?;
    for mutation in mutations {
        planned.take(mutation);
    }
    Ok(placed)
}

/// A reference as a registration takes it. Those of the batch's own schemas have become versions by now.
fn concrete(
    reference: &BatchReference,
    referrer: &Item,
    items: &[Result<Item>],
    answers: &HashMap<usize, Result<Placed>>,
) -> Result<Reference> {
    let name = reference.name.clone();
    let invalid = |reason: &str| {
        RegistryError::InvalidSchema(format!("the reference \"{}\" {reason}", reference.name))
    };
    match (&reference.subject, reference.item) {
        (Some(subject), None) => Ok(Reference {
            name,
            subject: subject.clone(),
            version: reference.version.unwrap_or(LATEST),
        }),
        (None, Some(place)) if reference.version.is_none() => {
            let missing = || invalid(&format!("names schemas[{place}], which is not there"));
            let target = items.get(place).and_then(|item| item.as_ref().ok());
            let placed = answers.get(&place).and_then(|answer| answer.as_ref().ok());
            let (target, placed) = target.zip(placed).ok_or_else(missing)?;
            // Spelled as people would: a name of the same context needs no context.
            let subject = if target.subject.context == referrer.subject.context {
                target.subject.subject.to_string()
            } else {
                target.subject.to_string()
            };
            let version = i32::try_from(placed.version.get()).map_err(|_| missing())?;
            Ok(Reference {
                name,
                subject,
                version,
            })
        }
        _ => Err(invalid(
            "must name a subject, with or without a version, or else an item of the batch",
        )),
    }
}

impl Item {
    fn new(item: BatchItem, normalize: bool) -> Result<Self> {
        let BatchItem {
            subject,
            schema,
            schema_type,
            references,
            metadata,
            rule_set,
            id,
            version,
            normalize: own_normalize,
        } = item;
        let asked = QualifiedSubject::parse(&subject)?;
        Ok(Self {
            subject: asked.clone(),
            asked,
            request: RegisterRequest {
                schema,
                schema_type,
                metadata,
                rule_set,
                id,
                version,
                ..RegisterRequest::default()
            },
            references,
            normalize: normalize || own_normalize,
        })
    }
}

impl Prepared {
    /// Notes what a schema came to, and what that means for those that wait for it.
    fn answer(&mut self, order: &mut Order, place: usize, placed: Result<Placed>) {
        if placed.is_ok() {
            order.planned(place);
        } else {
            let blocked = order.failed(place);
            let blocked = blocked
                .into_iter()
                .map(|(place, error)| (place, Err(error)));
            self.answers.extend(blocked);
        }
        self.answers.insert(place, placed);
    }

    /// Whether there is something to write, and nothing against it.
    fn writes(&self) -> bool {
        let mut answers = self.answers.values();
        let all_fine = answers.clone().all(Result::is_ok);
        let is_write = |answer: &Result<Placed>| {
            answer
                .as_ref()
                .is_ok_and(|placed| placed.outcome != BatchOutcome::Unchanged)
        };
        all_fine && answers.any(is_write)
    }

    /// The answers, in the order of the request.
    fn batch(mut self, len: usize) -> Batch {
        let unanswered = || RegistryError::Internal("a schema of the batch has no answer".into());
        (0..len)
            .map(|place| {
                self.answers
                    .remove(&place)
                    .unwrap_or_else(|| Err(unanswered()))
            })
            .collect()
    }

    fn placed(mut self, placed: Vec<(usize, Placed)>, len: usize) -> Batch {
        let placed = placed
            .into_iter()
            .map(|(place, placed)| (place, Ok(placed)));
        self.answers.extend(placed);
        self.batch(len)
    }

    fn failed_at(mut self, place: usize, error: RegistryError, len: usize) -> Batch {
        self.answers.insert(place, Err(error));
        self.batch(len)
    }
}
