//! Associations in the model, and the operations that make and remove them.
//!
//! Resources are named so that the subjects of their own lie in the context `.ctx`, one of them among [`SUBJECTS`].

use dovetail_model::{
    AssociationType, Context, Lifecycle,
    bodies::{AssociationItem, AssociationRequest, RegisterRequest},
};
use dovetail_server::{
    core::View,
    registry::{Associated, AssociationFilter, AssociationsRequest},
};
use proptest::{option, prelude::*, sample::select};

use super::{Meaning, Model, Outcome, Pair, SUBJECTS, TEXTS, kind, qualified};

const RESOURCES: [&str; 2] = ["r", "s"];

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Associate {
    resource: usize,
    association_type: AssociationType,
    subject: Option<usize>,
    lifecycle: Option<Lifecycle>,
    text: Option<u8>,
    is_create: bool,
}

/// What is to go.
#[derive(Debug, Clone)]
pub(super) struct Dissociate {
    resource: usize,
    association_type: Option<AssociationType>,
    cascade: bool,
}

/// An association in the model, under its resource and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owned {
    subject: String,
    is_strong: bool,
    is_frozen: bool,
}

pub(super) fn associate() -> impl Strategy<Value = Associate> {
    (
        0..RESOURCES.len(),
        select(AssociationType::ALL.to_vec()),
        option::weighted(0.7, 0..SUBJECTS.len()),
        option::of(select(vec![Lifecycle::Strong, Lifecycle::Weak])),
        option::weighted(0.3, 0..TEXTS),
        any::<bool>(),
    )
        .prop_map(
            |(resource, association_type, subject, lifecycle, text, is_create)| Associate {
                resource,
                association_type,
                subject,
                lifecycle,
                text,
                is_create,
            },
        )
}

pub(super) fn dissociate() -> impl Strategy<Value = Dissociate> {
    let types = option::of(select(AssociationType::ALL.to_vec()));
    (0..RESOURCES.len(), types, any::<bool>()).prop_map(|(resource, association_type, cascade)| {
        Dissociate {
            resource,
            association_type,
            cascade,
        }
    })
}

fn own_subject(resource: &str, association_type: AssociationType) -> String {
    format!(":.ctx:{resource}-{association_type}")
}

impl Model {
    pub(super) fn is_associated(&self, subject: &str) -> bool {
        self.owned
            .values()
            .any(|association| association.subject == subject)
    }

    pub(super) fn is_frozen(&self, subject: &str) -> bool {
        let mut associations = self.owned.values();
        associations.any(|association| association.subject == subject && association.is_frozen)
    }

    fn associate(&mut self, wanted: &Associate, meaning: Option<Meaning>) -> Outcome {
        let resource = RESOURCES[wanted.resource];
        let key = (resource.to_owned(), wanted.association_type);
        let own = own_subject(resource, wanted.association_type);
        let named = wanted.subject.map(|subject| SUBJECTS[subject]);
        let there = self.owned.get(&key).cloned();
        let brings = meaning.is_some();
        let is_strong = match (wanted.lifecycle, &there) {
            (Some(lifecycle), _) => lifecycle == Lifecycle::Strong,
            (None, Some(there)) => there.is_strong,
            (None, None) => brings,
        };
        let subject = there.as_ref().map_or_else(
            || named.unwrap_or(&own).to_owned(),
            |there| there.subject.clone(),
        );
        let is_frozen = there
            .as_ref()
            .map_or(brings && is_strong, |there| there.is_frozen);
        if let Some(there) = &there {
            let is_other = named.is_some_and(|named| named != subject);
            if !is_other && is_strong == there.is_strong && !brings {
                return Ok(Vec::new());
            }
            if wanted.is_create {
                return Err("exists for resource");
            }
            if is_other {
                return Err("invalid association");
            }
            if there.is_frozen {
                return Err("frozen");
            }
        }
        let wants_name = !is_strong && (subject == own || (named.is_none() && there.is_none()));
        if (brings && !is_strong) || wants_name || (is_frozen && subject != own) {
            return Err("invalid association");
        }
        let mut others = self.owned.iter().filter(|(other, _)| **other != key);
        if there.is_none() {
            let held = self.held(&subject).versions;
            let of_resource = |(other, _): &(&(String, _), _)| other.0 == resource;
            let mut siblings = others.clone().filter(of_resource);
            let is_mixed = siblings.any(|(_, other)| other.is_frozen != is_frozen);
            if is_mixed || (is_frozen && !held.is_empty()) {
                return Err("invalid association");
            }
            if !brings && held.values().all(|(_, deleted)| *deleted) {
                return Err("no active version");
            }
        }
        if let Some((_, other)) = others.find(|(_, other)| other.subject == subject)
            && (other.is_strong || is_strong)
        {
            return Err(if other.is_strong {
                "strong exists"
            } else {
                "exists for subject"
            });
        }
        let brought = match meaning {
            Some(meaning) => self.register(&subject, meaning, None)?,
            None => Vec::new(),
        };
        let association = Owned {
            subject,
            is_strong,
            is_frozen,
        };
        self.owned.insert(key, association);
        Ok(brought)
    }

    /// All of it, or nothing.
    fn dissociate(&mut self, what: &Dissociate) -> Outcome {
        let mut after = self.clone();
        let resource = RESOURCES[what.resource];
        let types = AssociationType::ALL.into_iter().filter(|one| {
            what.association_type
                .is_none_or(|association_type| association_type == *one)
        });
        let keys: Vec<_> = types
            .map(|one| (resource.to_owned(), one))
            .filter(|key| self.owned.contains_key(key))
            .collect();
        if keys.is_empty() {
            return Err("no association");
        }
        for key in keys {
            if after.owned[&key].is_frozen && !what.cascade {
                return Err("frozen");
            }
            let gone = after.owned.remove(&key).expect("it was there");
            if what.cascade && gone.is_strong {
                after.delete_entirely(&gone.subject)?;
            }
        }
        *self = after;
        Ok(Vec::new())
    }

    fn delete_entirely(&mut self, subject: &str) -> Result<(), &'static str> {
        let held = self.held(subject).versions;
        if held.values().any(|(_, deleted)| !deleted) {
            self.delete_subject(subject, false)?;
        }
        if !held.is_empty() {
            self.delete_subject(subject, true)?;
        }
        Ok(())
    }
}

impl Pair {
    pub(super) async fn run_association(&mut self, wanted: &Associate) -> (Outcome, Outcome) {
        let resource = RESOURCES[wanted.resource];
        let meaning = wanted.text.map(|text| self.meaning(text, None).0);
        let schema = meaning.as_ref().map(|meaning| RegisterRequest {
            schema: Some(meaning.text.clone()),
            ..RegisterRequest::default()
        });
        let item = AssociationItem {
            subject: wanted.subject.map(|subject| SUBJECTS[subject].to_owned()),
            association_type: Some(wanted.association_type.to_string()),
            lifecycle: wanted.lifecycle.map(|lifecycle| lifecycle.to_string()),
            schema,
            ..AssociationItem::default()
        };
        let body = AssociationRequest {
            resource_name: Some(resource.to_owned()),
            resource_namespace: Some("ctx".to_owned()),
            resource_id: Some(resource.to_owned()),
            associations: vec![item],
            ..AssociationRequest::default()
        };
        let read = if wanted.is_create {
            AssociationsRequest::create
        } else {
            AssociationsRequest::upsert
        };
        let request = read(body, &Context::default(), false).expect("the request is well-formed");
        let found = self.registry.associate(&request, false).await;
        let brought = |associated: Associated| {
            let versions = associated.into_iter().filter_map(|(_, found)| found);
            versions
                .flat_map(|found| [found.schema.id.get(), found.version.get()])
                .collect()
        };
        let expected = self.model.associate(wanted, meaning);
        (expected, found.map(brought).map_err(|error| kind(&error)))
    }

    pub(super) async fn run_dissociation(&mut self, what: &Dissociate) -> (Outcome, Outcome) {
        let filter = AssociationFilter {
            types: what.association_type.into_iter().collect(),
            ..AssociationFilter::default()
        };
        let resource = RESOURCES[what.resource];
        let gone = self
            .registry
            .dissociate(resource, &filter, what.cascade, false)
            .await;
        let found = gone.map(|()| Vec::new()).map_err(|error| kind(&error));
        (self.model.dissociate(what), found)
    }

    /// The associations of the view are those of the model, from either side.
    pub(super) fn expect_associations(&self, view: &View) {
        let associations = view.associations();
        let found: Vec<_> = associations
            .all()
            .map(|one| {
                let owned = Owned {
                    subject: one.subject.to_string(),
                    is_strong: one.lifecycle == Lifecycle::Strong,
                    is_frozen: one.frozen,
                };
                ((one.resource_id.clone(), one.association_type), owned)
            })
            .collect();
        let expected: Vec<_> = self.model.owned.clone().into_iter().collect();
        assert_eq!(found, expected);
        for subject in SUBJECTS {
            let of_subject = associations.of_subject(&qualified(subject)).count();
            let owned = self.model.owned.values();
            let expected = owned.filter(|owned| owned.subject == subject).count();
            assert_eq!(of_subject, expected, "{subject}");
            // What a resource relies on is there.
            let mut live = self.model.held(subject).versions.into_values();
            assert!(
                expected == 0 || live.any(|(_, deleted)| !deleted),
                "{subject}"
            );
        }
    }
}
