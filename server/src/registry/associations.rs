//! Associations: resources own or share subjects.
//!
//! A request names a resource and says what is to become of its associations; all of it happens in one transaction, the
//! schemas that it brings included. What a request leaves open is filled in from what is there, so it is decided on the
//! newest state: first on a view that is never published, then, with the same steps, by the committer.

mod request;
mod rules;

use std::sync::Arc;

use dovetail_model::{
    Association, AssociationKey, AssociationType, Lifecycle, QualifiedSubject, VersionSpec,
    bodies::RegisterRequest,
};

pub use self::request::{AssociationsRequest, Resource};
use self::request::{Operation, TOPIC};
use super::{
    Found, Registry, RegistryError, Result, Visibility, delete, planned::PlannedTexts,
    register::Plan,
};
use crate::core::{ChangeKind, Decision, Moment, Mutation, View};

/// Whose associations are asked for.
#[derive(Debug, Clone)]
pub enum Whose {
    /// Those of a subject.
    Subject(QualifiedSubject),
    /// Those of the resource with an id.
    Id(String),
    /// Those of resources with a name, in a namespace or in any.
    Name {
        name: String,
        namespace: Option<String>,
    },
}

/// Which associations are meant.
#[derive(Debug, Clone, Default)]
pub struct AssociationFilter {
    pub resource_type: Option<String>,
    /// Any where there are none.
    pub types: Vec<AssociationType>,
    pub lifecycle: Option<Lifecycle>,
}

/// What a request came to: the associations that it made or changed, with the versions of the schemas it brought.
pub type Associated = Vec<(Arc<Association>, Option<Found>)>;

/// One step of a request, with the registration that comes before it.
#[derive(Debug, Clone)]
struct Step {
    operation: Operation,
    plan: Option<Plan>,
}

impl AssociationFilter {
    fn shows(&self, association: &Association) -> bool {
        let resource_type = self.resource_type.as_deref().unwrap_or(TOPIC);
        association.resource_type == resource_type
            && (self.types.is_empty() || self.types.contains(&association.association_type))
            && self
                .lifecycle
                .is_none_or(|lifecycle| lifecycle == association.lifecycle)
    }
}

impl Registry {
    /// The associations of a subject or a resource.
    pub async fn associations(
        &self,
        whose: &Whose,
        filter: &AssociationFilter,
    ) -> Result<Vec<Arc<Association>>> {
        Ok(found(&*self.view().await?, whose, filter))
    }

    /// The newest version of a subject, where there is one.
    pub async fn latest(&self, subject: &QualifiedSubject) -> Result<Option<Found>> {
        let view = self.view().await?;
        let latest = self.version_in(&view, subject, VersionSpec::Latest, Visibility::Live);
        match latest.await {
            Ok(found) => Ok(Some(found)),
            Err(RegistryError::SubjectNotFound(_) | RegistryError::VersionNotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Does what a request asks for, all of it or nothing. A dry run only finds out whether it could be done.
    pub async fn associate(
        &self,
        request: &AssociationsRequest,
        dry_run: bool,
    ) -> Result<Associated> {
        loop {
            let steps = self.prepare_steps(request).await?;
            if dry_run {
                return Ok(Vec::new());
            }
            let resource = request.resource.clone();
            let mut deciding = steps.clone();
            let decided = self.committer.submit(move |moment: &Moment<'_>| {
                let mut staged = View::clone(moment.view);
                let mut mutations = Vec::new();
                for step in &mut deciding {
                    mutations.extend(step.take(&mut staged, &resource, moment.at)?);
                }
                Ok(if mutations.is_empty() {
                    Decision::Keep(())
                } else {
                    Decision::Write(mutations, ())
                })
            });
            match decided.await {
                Err(RegistryError::Moved) => {}
                Err(error) => return Err(error),
                Ok(()) => return self.associated(request, &steps).await,
            }
        }
    }

    /// Removes the associations of a resource that a filter shows.
    pub async fn dissociate(
        &self,
        resource_id: &str,
        filter: &AssociationFilter,
        cascade: bool,
        dry_run: bool,
    ) -> Result<()> {
        let view = self.view().await?;
        let there = found(&view, &Whose::Id(resource_id.to_owned()), filter);
        let Some(first) = there.first() else {
            return Err(RegistryError::AssociationNotFound(resource_id.to_owned()));
        };
        let operations = there.iter().map(|association| Operation::Delete {
            association_type: association.association_type,
            cascade,
        });
        let request = AssociationsRequest {
            resource: Resource::of(first),
            operations: operations.collect(),
        };
        self.associate(&request, dry_run).await.map(drop)
    }

    /// Prepares each step on a view that holds what the steps before it come to.
    async fn prepare_steps(&self, request: &AssociationsRequest) -> Result<Vec<Step>> {
        let view = self.view().await?;
        let texts = Arc::new(PlannedTexts::default());
        let registry = self.planning(Arc::clone(&texts) as _);
        let mut staged = View::clone(&view);
        let mut steps = Vec::with_capacity(request.operations.len());
        for operation in &request.operations {
            let mut plan = None;
            if let Some((schema, normalize)) = operation.registration() {
                // What the association may not be comes before what is wrong with its schema.
                operation.decide(&staged, &request.resource, 0)?;
                let schema: Arc<RegisterRequest> = Arc::new(schema.clone());
                if let Some(subject) = operation.meant(&staged, &request.resource) {
                    let prepared = registry.prepare(&staged, &subject, &schema, normalize);
                    plan = Some(prepared.await?);
                }
            }
            let mut step = Step {
                operation: operation.clone(),
                plan,
            };
            for mutation in step.take(&mut staged, &request.resource, 0)? {
                texts.take(mutation);
            }
            steps.push(step);
        }
        Ok(steps)
    }

    /// What is there after a request was done.
    async fn associated(
        &self,
        request: &AssociationsRequest,
        steps: &[Step],
    ) -> Result<Associated> {
        let view = self.view.load();
        let mut associated = Associated::new();
        for step in steps {
            let key = request.resource.key(step.operation.association_type());
            let Some(association) = view.associations().get(&key) else {
                continue;
            };
            let found = match &step.plan {
                Some(plan) => self.brought(&view, &association.subject, plan).await?,
                None => None,
            };
            let known = |(other, _): &(Arc<Association>, _)| other.key() == key;
            if !associated.iter().any(known) {
                associated.push((Arc::clone(association), found));
            }
        }
        Ok(associated)
    }

    /// The version that holds the schema of a plan, which may be older than the newest.
    async fn brought(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        plan: &Plan,
    ) -> Result<Option<Found>> {
        let holder = view.subject(subject);
        let held = holder.into_iter().flat_map(|holder| holder.live().rev());
        let mut held = held.filter(|entry| {
            view.schema_of(&subject.context, entry)
                .is_some_and(|stored| stored.guid == plan.guid())
        });
        match held.next() {
            Some(entry) => self.found(view, subject, entry).await.map(Some),
            None => self.latest(subject).await,
        }
    }
}

impl Operation {
    /// The subject that is meant, as long as nothing else becomes of the association that is there.
    fn meant(&self, view: &View, resource: &Resource) -> Option<QualifiedSubject> {
        let there = view
            .associations()
            .get(&resource.key(self.association_type()));
        self.subject(there.map(AsRef::as_ref)).cloned()
    }

    /// The association that it comes to, if that is to be written.
    fn decide(&self, view: &View, resource: &Resource, at: i64) -> Result<Option<Association>> {
        match self {
            Self::Create(wanted) => rules::decide(view, resource, wanted, true, at),
            Self::Upsert(wanted) => rules::decide(view, resource, wanted, false, at),
            Self::Delete { .. } => Ok(None),
        }
    }
}

impl Step {
    /// Decides the step on a view and lets the view have what comes of it.
    fn take(&mut self, view: &mut View, resource: &Resource, at: i64) -> Result<Vec<Mutation>> {
        let mut mutations = Vec::new();
        let mut push = |view: &mut View, mutation: Mutation| {
            view.apply_next(&mutation.kind);
            mutations.push(mutation);
        };
        match &self.operation {
            Operation::Create(_) | Operation::Upsert(_) => {
                let association = self.operation.decide(view, resource, at)?;
                let meant = self.operation.meant(view, resource);
                if let Some(plan) = &self.plan
                    && Some(plan.subject()) != meant.as_ref()
                {
                    return Err(RegistryError::Moved);
                }
                if let Some(plan) = &mut self.plan
                    && let Decision::Write(registered, _) = plan.decide(&Moment { view, at })?
                {
                    for mutation in registered {
                        push(view, mutation);
                    }
                }
                if let Some(association) = association {
                    push(
                        view,
                        bare(ChangeKind::AssociationSet(Box::new(association))),
                    );
                }
            }
            Operation::Delete {
                association_type,
                cascade,
            } => {
                let key = resource.key(*association_type);
                for kind in removal(view, &key, *cascade)? {
                    push(view, bare(kind));
                }
            }
        }
        Ok(mutations)
    }
}

/// What removing an association takes. A subject that lives and dies with the resource may go along.
fn removal(view: &View, key: &AssociationKey, cascade: bool) -> Result<Vec<ChangeKind>> {
    let association = view.associations().get(key);
    let association =
        association.ok_or_else(|| RegistryError::AssociationNotFound(key.resource_id.clone()))?;
    if association.frozen && !cascade {
        return Err(rules::frozen(association));
    }
    let subject = &association.subject;
    let mut kinds = vec![ChangeKind::AssociationDeleted(key.clone())];
    if !cascade || association.lifecycle == Lifecycle::Weak {
        return Ok(kinds);
    }
    let mut staged = view.clone();
    staged.apply_next(&kinds[0]);
    for permanent in [false, true] {
        let holder = staged
            .subject(subject)
            .filter(|holder| !holder.versions().is_empty());
        let Some(holder) = holder else { break };
        if !permanent && holder.latest().is_none() {
            continue;
        }
        let Decision::Write(mutations, _) = delete::decide_subject(&staged, subject, permanent)?
        else {
            continue;
        };
        for mutation in mutations {
            staged.apply_next(&mutation.kind);
            kinds.push(mutation.kind);
        }
    }
    Ok(kinds)
}

fn found(view: &View, whose: &Whose, filter: &AssociationFilter) -> Vec<Arc<Association>> {
    let shown = |association: &&Arc<Association>| filter.shows(association);
    let associations = view.associations();
    match whose {
        Whose::Subject(subject) => associations
            .of_subject(subject)
            .filter(shown)
            .cloned()
            .collect(),
        Whose::Id(id) => associations
            .of_resource(id)
            .filter(shown)
            .cloned()
            .collect(),
        Whose::Name { name, namespace } => associations
            .all()
            .filter(|association| {
                let is_there = |namespace: &String| *namespace == association.resource_namespace;
                association.resource_name == *name && namespace.as_ref().is_none_or(is_there)
            })
            .filter(shown)
            .cloned()
            .collect(),
    }
}

fn bare(kind: ChangeKind) -> Mutation {
    Mutation {
        kind,
        content: None,
    }
}

/// Whether a subject belongs to a resource so closely that other schemas may not refer to it.
pub(super) fn holds_back_references(view: &View, subject: &QualifiedSubject) -> bool {
    let mut associations = view.associations().of_subject(subject);
    associations.any(|association| association.frozen)
}

/// Deleting a subject that belongs to a resource is refused.
pub(super) fn allows_deletion(view: &View, subject: &QualifiedSubject) -> Result<()> {
    if view.associations().count_of_subject(subject) > 0 {
        return Err(RegistryError::AssociationForSubjectExists(subject.clone()));
    }
    Ok(())
}

/// Deleting the last version of a subject that belongs to a resource is refused.
pub(super) fn allows_version_deletion(
    view: &View,
    subject: &QualifiedSubject,
    version: dovetail_model::Version,
) -> Result<()> {
    if view.associations().count_of_subject(subject) == 0 {
        return Ok(());
    }
    let holder = view.subject(subject).into_iter();
    let mut others = holder
        .flat_map(|holder| holder.live())
        .filter(|entry| entry.version != version);
    let is_live = view
        .subject(subject)
        .and_then(|holder| holder.version(version))
        .is_some_and(|entry| !entry.deleted);
    if is_live && others.next().is_none() {
        return Err(RegistryError::NoActiveVersion(subject.clone()));
    }
    Ok(())
}
