//! What an association may be, given those that are there.
//!
//! A subject is shared by weak associations or belongs to one strong one. A frozen association is strong, comes with the
//! first schema of the subject that is named after its resource, and stays as it is until the resource goes; the
//! associations of one resource are all frozen or none is.

use dovetail_model::{Association, Lifecycle};
use uuid::Uuid;

use super::{
    super::{RegistryError, Result},
    request::{Resource, Wanted, invalid},
};
use crate::core::View;

/// How many associations a subject may have.
const MOST_OF_SUBJECT: usize = 10_000;

/// What is open in a request, filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Terms {
    lifecycle: Lifecycle,
    frozen: bool,
}

/// The association that a request comes to; `None` where it is there already, just as it should be.
pub(super) fn decide(
    view: &View,
    resource: &Resource,
    wanted: &Wanted,
    is_create: bool,
    at: i64,
) -> Result<Option<Association>> {
    let key = resource.key(wanted.association_type);
    let there = view.associations().get(&key);
    match there {
        Some(there) => change(view, resource, wanted, there, is_create, at),
        None => make(view, resource, wanted, at).map(Some),
    }
}

fn make(view: &View, resource: &Resource, wanted: &Wanted, at: i64) -> Result<Association> {
    let has_schema = wanted.schema.is_some();
    let lifecycle = wanted.lifecycle.unwrap_or(if has_schema {
        Lifecycle::Strong
    } else {
        Lifecycle::Weak
    });
    let terms = Terms {
        lifecycle,
        frozen: wanted
            .frozen
            .unwrap_or(has_schema && lifecycle == Lifecycle::Strong),
    };
    if has_schema && lifecycle == Lifecycle::Weak {
        return invalid("lifecycle", "cannot be WEAK when schema is provided");
    }
    if has_schema && !terms.frozen {
        return invalid("frozen", "cannot be false when schema is provided");
    }
    if terms.frozen && lifecycle == Lifecycle::Strong && !has_schema {
        return invalid("schema", "has to be provided for a frozen association");
    }
    holds(resource, wanted, terms)?;
    consistent(view, resource, wanted, terms)?;
    let holder = view.subject(&wanted.subject);
    if terms.frozen && holder.is_some_and(|holder| !holder.versions().is_empty()) {
        let reason = format!(
            "'{}' has versions already, so it cannot be frozen",
            wanted.subject
        );
        return invalid("subject", reason);
    }
    if !has_schema && holder.is_none_or(|holder| holder.latest().is_none()) {
        return Err(RegistryError::NoActiveVersion(wanted.subject.clone()));
    }
    free(view, resource, wanted, terms)?;
    Ok(Association {
        subject: wanted.subject.clone(),
        guid: Uuid::new_v4().to_string(),
        resource_name: resource.name.clone(),
        resource_namespace: resource.namespace.clone(),
        resource_id: resource.id.clone(),
        resource_type: resource.resource_type.clone(),
        association_type: wanted.association_type,
        lifecycle,
        frozen: terms.frozen,
        create_ts: at,
        update_ts: at,
    })
}

fn change(
    view: &View,
    resource: &Resource,
    wanted: &Wanted,
    there: &Association,
    is_create: bool,
    at: i64,
) -> Result<Option<Association>> {
    let terms = Terms {
        lifecycle: wanted.lifecycle.unwrap_or(there.lifecycle),
        frozen: wanted.frozen.unwrap_or(there.frozen),
    };
    let same_subject = !wanted.names_subject || wanted.subject == there.subject;
    let same_resource =
        (&resource.name, &resource.namespace) == (&there.resource_name, &there.resource_namespace);
    let same_terms = (terms.lifecycle, terms.frozen) == (there.lifecycle, there.frozen);
    let has_schema = wanted.schema.is_some();
    if same_subject && same_resource && same_terms && !has_schema {
        return Ok(None);
    }
    if is_create {
        return Err(RegistryError::AssociationForResourceExists {
            association_type: wanted.association_type,
            resource: resource.name.clone(),
        });
    }
    if !same_subject {
        return invalid(
            "subject",
            format!("cannot be changed from '{}'", there.subject),
        );
    }
    if !same_resource {
        return invalid("resourceName", "and resourceNamespace cannot be changed");
    }
    if there.frozen {
        return Err(frozen(there));
    }
    if terms.frozen {
        return invalid("frozen", "cannot be changed");
    }
    if has_schema && terms.lifecycle == Lifecycle::Weak {
        return invalid("lifecycle", "cannot be WEAK when schema is provided");
    }
    let wanted = Wanted {
        subject: there.subject.clone(),
        names_subject: true,
        ..wanted.clone()
    };
    holds(resource, &wanted, terms)?;
    free(view, resource, &wanted, terms)?;
    if same_terms {
        return Ok(None);
    }
    Ok(Some(Association {
        lifecycle: terms.lifecycle,
        update_ts: at,
        ..there.clone()
    }))
}

/// What holds for an association by itself.
fn holds(resource: &Resource, wanted: &Wanted, terms: Terms) -> Result<()> {
    let own = resource.own_subject(wanted.association_type)?;
    match terms.lifecycle {
        Lifecycle::Weak if terms.frozen => invalid(
            "frozen",
            "association with lifecycle of WEAK cannot be frozen",
        ),
        Lifecycle::Weak if !wanted.names_subject => invalid(
            "subject",
            "cannot be null for an association with lifecycle of WEAK",
        ),
        Lifecycle::Weak if wanted.subject == own => invalid(
            "subject",
            format!("'{own}' is for an association with lifecycle of STRONG"),
        ),
        Lifecycle::Strong if terms.frozen && wanted.subject != own => invalid(
            "subject",
            format!("frozen associations must use subject '{own}'"),
        ),
        _ => Ok(()),
    }
}

/// All associations of a resource are frozen, or none is.
fn consistent(view: &View, resource: &Resource, wanted: &Wanted, terms: Terms) -> Result<()> {
    let key = resource.key(wanted.association_type);
    let mut others = view.associations().of_resource(&resource.id);
    if others.any(|other| other.key() != key && other.frozen != terms.frozen) {
        return invalid(
            "frozen",
            "all associations for a resource must be consistently frozen or non-frozen",
        );
    }
    Ok(())
}

/// The subject is shared, or belongs to this association alone.
fn free(view: &View, resource: &Resource, wanted: &Wanted, terms: Terms) -> Result<()> {
    let key = resource.key(wanted.association_type);
    let subject = &wanted.subject;
    let others = view.associations().of_subject(subject);
    for other in others.filter(|other| other.key() != key) {
        if other.lifecycle == Lifecycle::Strong {
            return Err(RegistryError::StrongAssociationExists(subject.clone()));
        }
        if terms.lifecycle == Lifecycle::Strong {
            return Err(RegistryError::AssociationForSubjectExists(subject.clone()));
        }
    }
    if view.associations().count_of_subject(subject) >= MOST_OF_SUBJECT {
        return Err(RegistryError::TooManyAssociations(MOST_OF_SUBJECT));
    }
    Ok(())
}

/// A frozen association does not change.
pub(super) fn frozen(association: &Association) -> RegistryError {
    RegistryError::AssociationFrozen {
        association_type: association.association_type,
        subject: association.subject.clone(),
    }
}
