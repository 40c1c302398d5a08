//! What a request asks for, once its names are known to be valid. What it leaves open is filled in by `rules`.

use std::{collections::HashSet, str::FromStr};

use dovetail_model::{
    Association, AssociationKey, AssociationType, Context, Lifecycle, QualifiedSubject,
    bodies::{AssociationItem, AssociationRequest, RegisterRequest},
};

use super::super::{RegistryError, Result};

/// The only kind of resource that is known.
pub(super) const TOPIC: &str = "topic";

/// The longest name of a resource, in bytes.
const LONGEST: usize = 512;

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "it is the protocol's name")]
pub struct Resource {
    pub name: String,
    pub namespace: String,
    pub id: String,
    pub resource_type: String,
}

/// What is to become of a resource's associations, in this order.
#[derive(Debug, Clone)]
pub struct AssociationsRequest {
    pub resource: Resource,
    pub operations: Vec<Operation>,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Operation {
    /// There is none yet, or one just like it.
    Create(Box<Wanted>),
    /// There may be one, which is changed.
    Upsert(Box<Wanted>),
    /// There is one, which goes.
    Delete {
        association_type: AssociationType,
        /// Whether its subject goes as well.
        cascade: bool,
    },
}

/// An association as it is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub association_type: AssociationType,
    /// The one that was named, or else the one that is named after the resource.
    pub subject: QualifiedSubject,
    pub names_subject: bool,
    pub lifecycle: Option<Lifecycle>,
    pub frozen: Option<bool>,
    pub schema: Option<RegisterRequest>,
    pub normalize: bool,
}

/// A refusal of a property.
pub(super) fn invalid<T>(property: &'static str, reason: impl Into<String>) -> Result<T> {
    let reason = reason.into();
    Err(RegistryError::InvalidAssociation { property, reason })
}

impl Resource {
    /// The resource of an association.
    pub(super) fn of(association: &Association) -> Self {
        Self {
            name: association.resource_name.clone(),
            namespace: association.resource_namespace.clone(),
            id: association.resource_id.clone(),
            resource_type: association.resource_type.clone(),
        }
    }

    /// The key of one of its associations.
    pub fn key(&self, association_type: AssociationType) -> AssociationKey {
        AssociationKey {
            resource_id: self.id.clone(),
            resource_type: self.resource_type.clone(),
            association_type,
        }
    }

    /// The subject that is named after it.
    pub(super) fn own_subject(
        &self,
        association_type: AssociationType,
    ) -> Result<QualifiedSubject> {
        let text = format!(":.{}:{}-{association_type}", self.namespace, self.name);
        let parsed = QualifiedSubject::parse(&text);
        parsed.or_else(|error| invalid("resourceName", error.to_string()))
    }
}

impl Operation {
    pub(super) fn association_type(&self) -> AssociationType {
        match self {
            Self::Create(wanted) | Self::Upsert(wanted) => wanted.association_type,
            Self::Delete {
                association_type, ..
            } => *association_type,
        }
    }

    /// The registration that comes first: the schema, and whether it is normalized.
    pub(super) fn registration(&self) -> Option<(&RegisterRequest, bool)> {
        match self {
            Self::Create(wanted) | Self::Upsert(wanted) => {
                let schema = wanted.schema.as_ref()?;
                Some((schema, wanted.normalize))
            }
            Self::Delete { .. } => None,
        }
    }

    /// The subject that is meant, given the association that is there.
    pub(super) fn subject<'a>(
        &'a self,
        there: Option<&'a Association>,
    ) -> Option<&'a QualifiedSubject> {
        match (self, there) {
            (Self::Create(wanted) | Self::Upsert(wanted), Some(there)) if !wanted.names_subject => {
                Some(&there.subject)
            }
            (Self::Create(wanted) | Self::Upsert(wanted), _) => Some(&wanted.subject),
            (Self::Delete { .. }, there) => there.map(|there| &there.subject),
        }
    }
}

impl AssociationsRequest {
    /// All associations of the body are to be made.
    pub fn create(body: AssociationRequest, context: &Context, dry_run: bool) -> Result<Self> {
        Self::all(body, context, dry_run, "CREATE")
    }

    /// All associations of the body are to be made or changed.
    pub fn upsert(body: AssociationRequest, context: &Context, dry_run: bool) -> Result<Self> {
        Self::all(body, context, dry_run, "UPSERT")
    }

    /// Each item of the body says what is to be done.
    pub fn mixed(body: AssociationRequest, context: &Context, dry_run: bool) -> Result<Self> {
        Self::new(body, context, dry_run)
    }

    fn all(
        mut body: AssociationRequest,
        context: &Context,
        dry_run: bool,
        operation: &str,
    ) -> Result<Self> {
        let mut types = HashSet::new();
        for item in &mut body.associations {
            item.op_type = Some(operation.to_owned());
            if !types.insert(item.association_type.clone().unwrap_or_default()) {
                return invalid("associations", "has two of the same associationType");
            }
        }
        Self::new(body, context, dry_run)
    }

    fn new(body: AssociationRequest, context: &Context, dry_run: bool) -> Result<Self> {
        let resource_type = body.resource_type.filter(|text| !text.is_empty());
        let resource_type = resource_type.unwrap_or_else(|| TOPIC.to_owned());
        if resource_type != TOPIC {
            return invalid("resourceType", format!("must be '{TOPIC}'"));
        }
        let id = body.resource_id.unwrap_or_default();
        if !(dry_run && id.is_empty()) {
            named("resourceId", &id)?;
        }
        let resource = Resource {
            name: named("resourceName", &body.resource_name.unwrap_or_default())?,
            namespace: named(
                "resourceNamespace",
                &body.resource_namespace.unwrap_or_default(),
            )?,
            id,
            resource_type,
        };
        if body.associations.is_empty() {
            return invalid("associations", "cannot be null or empty");
        }
        let operations = body
            .associations
            .into_iter()
            .map(|item| operation(item, &resource, context))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            resource,
            operations,
        })
    }
}

fn operation(item: AssociationItem, resource: &Resource, context: &Context) -> Result<Operation> {
    let association_type = match item.association_type.as_deref() {
        None | Some("") => AssociationType::default(),
        Some(text) => known("associationType", text)?,
    };
    let kind = item.op_type.as_deref().unwrap_or_default();
    if kind == "DELETE" {
        return Ok(Operation::Delete {
            association_type,
            cascade: item.cascade_lifecycle,
        });
    }
    let lifecycle = match item.lifecycle.as_deref() {
        None | Some("") => None,
        Some(text) => Some(known("lifecycle", text)?),
    };
    let own = resource.own_subject(association_type)?;
    let subject = match &item.subject {
        Some(text) => QualifiedSubject::parse_within(text, context)
            .or_else(|error| invalid("subject", error.to_string()))?,
        None => own,
    };
    let wanted = Box::new(Wanted {
        association_type,
        subject,
        names_subject: item.subject.is_some(),
        lifecycle,
        frozen: item.frozen,
        schema: item.schema,
        normalize: item.normalize,
    });
    match kind {
        "CREATE" => Ok(Operation::Create(wanted)),
        "UPSERT" => Ok(Operation::Upsert(wanted)),
        _ => invalid("opType", "must be CREATE, UPSERT or DELETE"),
    }
}

fn known<T: FromStr<Err: std::fmt::Display>>(property: &'static str, text: &str) -> Result<T> {
    text.parse()
        .or_else(|error: T::Err| invalid(property, error.to_string()))
}

fn named(property: &'static str, text: &str) -> Result<String> {
    if text.trim().is_empty() {
        return invalid(property, "cannot be null or empty");
    }
    if text.len() > LONGEST {
        return invalid(property, format!("is longer than {LONGEST} bytes"));
    }
    if text.chars().any(char::is_control) {
        return invalid(property, "contains a control character");
    }
    Ok(text.to_owned())
}
