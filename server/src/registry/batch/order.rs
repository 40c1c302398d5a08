//! In which order the schemas of a batch are planned: versions of one subject one after the other, and what is referred to
//! before what refers to it.

use std::collections::HashMap;

use dovetail_model::{QualifiedSubject, Version, bodies::LATEST};

use super::{BatchReference, Item, RegistryError, Result};
use crate::core::View;

/// What is still to be planned.
pub(super) struct Order {
    /// For each schema those that wait for it.
    waiting: Vec<Vec<usize>>,
    /// For each schema how many it waits for; `None` once it is taken.
    missing: Vec<Option<usize>>,
    ready: Vec<usize>,
}

impl Order {
    pub(super) fn of(view: &View, items: &[Result<Item>]) -> Self {
        let mut by_subject: HashMap<&QualifiedSubject, Vec<usize>> = HashMap::new();
        for (place, item) in items.iter().enumerate() {
            if let Ok(item) = item {
                by_subject.entry(&item.subject).or_default().push(place);
            }
        }
        let mut order = Self {
            waiting: vec![Vec::new(); items.len()],
            missing: Vec::with_capacity(items.len()),
            ready: Vec::new(),
        };
        for (place, item) in items.iter().enumerate() {
            let needs = item
                .as_ref()
                .map(|item| needs(view, place, item, items.len(), &by_subject))
                .unwrap_or_default();
            for needed in &needs {
                order.waiting[*needed].push(place);
            }
            order.missing.push(Some(needs.len()));
            if needs.is_empty() {
                order.ready.push(place);
            }
        }
        order
    }

    /// Takes those that wait for nothing any more. Nothing is left when there are none.
    pub(super) fn next_round(&mut self) -> Vec<usize> {
        let round = std::mem::take(&mut self.ready);
        for place in &round {
            self.missing[*place] = None;
        }
        round
    }

    /// A schema is planned: those that wait for it may go on.
    pub(super) fn planned(&mut self, place: usize) {
        for waiting in std::mem::take(&mut self.waiting[place]) {
            if let Some(missing) = &mut self.missing[waiting] {
                *missing -= 1;
                if *missing == 0 {
                    self.ready.push(waiting);
                }
            }
        }
    }

    /// A schema fails: so do those that wait for it, each for the want of another.
    pub(super) fn failed(&mut self, place: usize) -> Vec<(usize, RegistryError)> {
        let mut blocked = Vec::new();
        let mut failed = vec![place];
        while let Some(place) = failed.pop() {
            self.missing[place] = None;
            for waiting in std::mem::take(&mut self.waiting[place]) {
                if self.missing[waiting].take().is_some() {
                    blocked.push((waiting, RegistryError::Blocked(place)));
                    failed.push(waiting);
                }
            }
        }
        blocked
    }

    /// Where nothing is ready although something waits, there is a circle: the places on one, and what is wrong.
    pub(super) fn circle(&self) -> Option<(Vec<usize>, RegistryError)> {
        let is_left = |place: &usize| self.missing[*place].is_some();
        let mut needs: HashMap<usize, usize> = HashMap::new();
        for (place, waiting) in self.waiting.iter().enumerate() {
            for waiting in waiting.iter().filter(|waiting| is_left(waiting)) {
                needs.insert(*waiting, place);
            }
        }
        let start = (0..self.missing.len()).find(is_left)?;
        // After as many steps as there are schemas the walk is on the circle.
        let on_circle = self.missing.iter().fold(start, |place, _| needs[&place]);
        let mut circle = vec![on_circle];
        let mut place = needs[&on_circle];
        while place != on_circle {
            circle.push(place);
            place = needs[&place];
        }
        let names: Vec<String> = circle
            .iter()
            .chain([&on_circle])
            .map(|place| format!("schemas[{place}]"))
            .collect();
        let reason = format!("its references lead in a circle: {}", names.join(" -> "));
        Some((circle, RegistryError::InvalidSchema(reason)))
    }
}

/// The places a schema waits for.
fn needs(
    view: &View,
    place: usize,
    item: &Item,
    len: usize,
    by_subject: &HashMap<&QualifiedSubject, Vec<usize>>,
) -> Vec<usize> {
    let before = |places: &Vec<usize>| places.iter().rev().find(|other| **other < place).copied();
    let mut needs: Vec<usize> = by_subject
        .get(&item.subject)
        .and_then(before)
        .into_iter()
        .collect();
    for reference in &item.references {
        let needed = match (&reference.subject, reference.item) {
            (None, Some(other)) => Some(other).filter(|other| *other < len),
            (Some(subject), None) => target(view, item, subject, reference)
                .and_then(|target| by_subject.get(&target))
                .and_then(|places| places.last().copied())
                // Of its own subject it can refer to what comes before it only, and waits for that anyway.
                .filter(|other| !by_subject[&item.subject].contains(other)),
            _ => None,
        };
        needs.extend(needed);
    }
    needs.sort_unstable();
    needs.dedup();
    needs
}

/// The subject of a reference, where the batch may bring the version that is meant.
fn target(
    view: &View,
    item: &Item,
    subject: &str,
    reference: &BatchReference,
) -> Option<QualifiedSubject> {
    let target = QualifiedSubject::parse_within(subject, &item.subject.context).ok()?;
    let is_there = |number: i32| {
        let version = Version::new(number.into());
        let holder = view.subject(&target);
        let entry = holder
            .zip(version)
            .and_then(|(holder, version)| holder.version(version));
        entry.is_some_and(|entry| !entry.deleted)
    };
    match reference.version {
        None | Some(LATEST) => Some(target),
        Some(number) if is_there(number) => None,
        Some(_) => Some(target),
    }
}
