//! Registering: the one use case in which everything meets.
//!
//! A request is prepared outside any transaction: parsed, identified, checked. What comes out is a plan, and the plan is
//! decided twice: once here, so that most refusals and every repeated registration cost no transaction, and once by the
//! committer against the newest state. If the subject moved in between, the plan checks what is new to it on the spot when
//! the parsed schemas are at hand, and is prepared again when they are not.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use dovetail_compat::Guid;
use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, QualifiedSubject, Reference, SchemaId, Version,
    bodies::RegisterRequest,
};

use super::{
    Registry, RegistryError, Result, Validation,
    candidate::Candidate,
    check::{Obligation, Previous, verdict},
    facts::{self, Compared},
    lookup::Found,
    parser::Parser,
    references,
    tags::edits_tags,
    terms::Terms,
};
use crate::core::{
    ChangeKind, Content, ContextView, Decision, Facts, Moment, Mutation, Registered, Scope,
    SubjectView, Usage, VersionEntry, View,
};

/// How many versions a plan checks inside a transaction before it goes back to be prepared again.
const CHECKED_IN_PLACE: usize = 16;

/// How large a schema may be, in bytes of its canonical text, to be checked inside a transaction, and how long checking it
/// may have taken before: everybody else waits meanwhile.
const LIGHT_BYTES: usize = 16 * 1024;
const LIGHT_TIME: Duration = Duration::from_millis(10);

/// What a registration came to: the version it made, or the one that was there.
pub type Registration = Found;

/// A prepared registration.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    request: Arc<RegisterRequest>,
    /// As submitted.
    bare: Candidate,
    /// With what it does not say taken from the latest version, and what the settings add.
    full: Candidate,
    terms: Terms,
    /// That latest version's schema.
    heir_of: Option<SchemaId>,
    /// The schema it is when that one's references are written out.
    twin: Option<SchemaId>,
    /// The version it notes that it is to become.
    noted: Option<Version>,
    /// What is inherited from.
    earlier: Option<Arc<Content>>,
    pub(super) content: Arc<Content>,
    /// The schemas it was found compatible with, or is not compared with, at a level, a policy and a group.
    passed: Vec<SchemaId>,
    passed_at: (CompatibilityLevel, CompatibilityPolicy, Option<String>),
    /// Whether checking it costs so little that it may be done inside a transaction.
    is_light: bool,
    /// How it differs from the newest version.
    compared: Option<Compared>,
    parser: Arc<Parser>,
    default_level: CompatibilityLevel,
    validation: Validation,
}

/// What deciding a plan comes to.
enum Step {
    /// It is registered already.
    There(VersionEntry),
    /// It may become this version.
    New { id: SchemaId, version: Version },
}

impl Registry {
    /// Registers a schema under a subject, or finds that it is registered already.
    pub async fn register(
        &self,
        subject: &QualifiedSubject,
        request: RegisterRequest,
        normalize: bool,
    ) -> Result<Registration> {
        let request = Arc::new(request);
        loop {
            let view = self.view().await?;
            let meant = view.aliased(subject);
            match self
                .try_register(&view, &meant, subject, &request, normalize)
                .await
            {
                Err(RegistryError::Moved) => {}
                settled => return settled,
            }
        }
    }

    async fn try_register(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        asked: &QualifiedSubject,
        request: &Arc<RegisterRequest>,
        normalize: bool,
    ) -> Result<Registration> {
        let mut plan = self.prepare(view, subject, request, normalize).await?;
        if let Step::There(entry) = plan.admit(view)? {
            return self.found(view, subject, &entry).await;
        }
        let content = Arc::clone(&plan.content);
        let asked = asked.clone();
        let (entry, is_new) = self
            .committer
            .submit(move |moment| {
                if *moment.view.aliased(&asked) != plan.full.subject {
                    return Err(RegistryError::Moved);
                }
                plan.decide(moment)
            })
            .await?;
        if !is_new {
            return self.found(&self.view.load(), subject, &entry).await;
        }
        self.texts
            .keep(&subject.context, entry.id, Arc::clone(&content));
        Found::new(&self.view.load(), subject, &entry, content)
    }

    /// Everything that can be done outside a transaction: parses, admits, and checks what is not registered already.
    pub(super) async fn prepare(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &Arc<RegisterRequest>,
        normalize: bool,
    ) -> Result<Plan> {
        let mut plan = self.plan(view, subject, request, normalize).await?;
        if let Step::There(_) = plan.admit(view)? {
            return Ok(plan);
        }
        if !plan.terms.is_import {
            let obligation = Obligation::of(view, subject, self.default_level);
            plan.passed_at = (
                obligation.level,
                obligation.policy,
                obligation.group.clone(),
            );
            plan.passed = obligation.versions.iter().map(|entry| entry.id).collect();
            let since = Instant::now();
            let earlier = plan.earlier.as_deref();
            let verdict = self
                .check_candidate(view, &plan.full, &plan.terms, earlier, obligation)
                .await?;
            plan.is_light =
                plan.full.parsed.canonical.len() <= LIGHT_BYTES && since.elapsed() < LIGHT_TIME;
            if !verdict.is_compatible() {
                return Err(RegistryError::Incompatible {
                    subject: subject.clone(),
                    messages: verdict.messages,
                });
            }
            plan.compared = self.compare(view, &plan.full).await;
        }
        Ok(plan)
    }

    /// Parses the request and fills in what it leaves to the latest version.
    async fn plan(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &Arc<RegisterRequest>,
        normalize: bool,
    ) -> Result<Plan> {
        let terms = Terms::of(view, &Scope::subject(subject), self.validation);
        terms.check_rules(request)?;
        let holder = view.subject(subject).filter(|_| !terms.is_import);
        let latest = holder.and_then(|holder| holder.latest());
        let heir_of = latest.map(|entry| entry.id);
        let earlier = match latest.and_then(|entry| view.schema_of(&subject.context, entry)) {
            Some(entry) if entry.has_extras || says_no_text(request) => self
                .texts
                .get(&subject.context, entry.id)
                .await?
                .map(|content| (entry.clone(), content)),
            _ => None,
        };
        let bare = match &earlier {
            Some((entry, content)) if says_no_text(request) => {
                let inherited = RegisterRequest {
                    schema: Some(content.text()),
                    schema_type: Some(entry.schema_type.to_string()),
                    references: entry.references.clone(),
                    ..RegisterRequest::clone(request)
                };
                self.candidate(view, subject, &inherited, normalize).await?
            }
            _ => self.candidate(view, subject, request, normalize).await?,
        };
        let bare = if edits_tags(request) {
            let text = self.retagged(&bare.parsed.schema, request).await?;
            self.rewritten(view, &bare, text, normalize).await?
        } else {
            bare
        };
        let twin = match holder {
            Some(holder) if bare.find(view, holder, false).is_none() => {
                self.twin(view, holder, &bare, false).await?
            }
            _ => None,
        };
        let tagged = match latest {
            Some(latest) if request.propagate_schema_tags => {
                let before = self.parsed(view, subject, latest).await?;
                match self.with_tags_of(before, &bare.parsed.schema).await? {
                    Some(text) => self.rewritten(view, &bare, text, normalize).await?,
                    None => bare.clone(),
                }
            }
            _ => bare.clone(),
        };
        let earlier = earlier.map(|(_, content)| content);
        let mut noted = None;
        let full = if terms.is_import {
            bare.clone()
        } else {
            terms.complete(&tagged, earlier.as_deref(), |notes| {
                let next = || next_version(holder.map(|holder| &**holder));
                noted = (notes || asks_for_version(request)).then(next).flatten();
                noted
            })
        };
        let content = Arc::new(Content {
            text: full.parsed.text.clone(),
            metadata: full.metadata.clone(),
            rule_set: full.rule_set.clone(),
            rendered: OnceLock::new(),
        });
        Ok(Plan {
            compared: None,
            request: Arc::clone(request),
            bare,
            full,
            terms,
            heir_of,
            twin,
            noted,
            earlier,
            content,
            passed: Vec::new(),
            passed_at: Default::default(),
            is_light: true,
            parser: Arc::clone(&self.parser),
            default_level: self.default_level,
            validation: self.validation,
        })
    }
}

impl Registry {
    /// The same schema with another text.
    async fn rewritten(
        &self,
        view: &View,
        schema: &Candidate,
        text: String,
        normalize: bool,
    ) -> Result<Candidate> {
        let references = schema.references.iter();
        let request = RegisterRequest {
            schema: Some(text),
            schema_type: Some(schema.parsed.schema.schema_type().to_string()),
            references: references
                .map(|resolved| resolved.reference.clone())
                .collect(),
            metadata: schema.metadata.clone(),
            rule_set: schema.rule_set.clone(),
            ..RegisterRequest::default()
        };
        self.candidate(view, &schema.subject, &request, normalize)
            .await
    }
}

impl Plan {
    pub(super) fn subject(&self) -> &QualifiedSubject {
        &self.full.subject
    }

    /// Keeps the text and the parsed schema of a plan that was written.
    pub(super) fn keep_in(&self, registry: &Registry, id: SchemaId) {
        let context = &self.subject().context;
        registry.texts.keep(context, id, Arc::clone(&self.content));
        let schema = Arc::clone(&self.full.parsed.schema);
        registry.parser.keep(context, id, self.full.guid, schema);
    }

    /// Its identity.
    pub(super) fn guid(&self) -> Guid {
        self.full.guid
    }

    /// Decides on the newest state, and says what to write. The flag tells whether the version is new.
    pub(super) fn decide(&mut self, moment: &Moment<'_>) -> Result<Decision<(VersionEntry, bool)>> {
        let view = moment.view;
        let (id, version) = match self.admit(view)? {
            Step::There(entry) => return Ok(Decision::Keep((entry, false))),
            Step::New { id, version } => (id, version),
        };
        self.hold_references(view)?;
        if !self.terms.is_import {
            self.check_what_is_new(view)?;
        }
        let mutation = Mutation {
            kind: self.change(view, id, version),
            content: Some(Arc::clone(&self.content)),
        };
        // The next decision of this batch may have to be checked against this schema.
        self.parser.keep(
            &self.subject().context,
            id,
            self.full.guid,
            Arc::clone(&self.full.parsed.schema),
        );
        let entry = VersionEntry {
            version,
            id,
            deleted: false,
            at: moment.at,
        };
        Ok(Decision::Write(vec![mutation], (entry, true)))
    }

    /// Everything but references and compatibility, in the protocol's order.
    fn admit(&self, view: &View) -> Result<Step> {
        let none = SubjectView::default();
        let holder = view
            .subject(self.subject())
            .map_or(&none, |holder| &**holder);
        let scope = Scope::subject(self.subject());
        if Terms::of(view, &scope, self.validation) != self.terms {
            return Err(RegistryError::Moved);
        }
        let mode = view.mode(&scope);
        if let Some(entry) = self.already_there(view, holder) {
            return Ok(Step::There(*entry));
        }
        if mode.is_read_only() {
            return Err(RegistryError::read_only(self.subject()));
        }
        self.hold_inheritance(view, holder)?;
        let none = ContextView::default();
        let context = view.context(&self.subject().context).unwrap_or(&none);
        let next = holder
            .next_version()
            .ok_or_else(|| not_permitted("the subject has no version numbers left"))?;
        if mode.is_import() {
            return self.admit_import(context, holder, next);
        }
        if self.request.id.is_some() {
            return Err(not_permitted(format!(
                "Subject {} is not in import mode",
                self.subject()
            )));
        }
        if self.noted.is_some_and(|noted| noted != next) {
            return Err(RegistryError::Moved);
        }
        self.expect_version(next)?;
        let fresh = context.last_id().map_or(1, |id| i64::from(id.get()) + 1);
        let id = context
            .id_of(&self.full.guid)
            .or_else(|| SchemaId::new(fresh));
        let id = id.ok_or_else(|| not_permitted("the context has no schema ids left"))?;
        Ok(Step::New { id, version: next })
    }

    /// In import mode a schema brings its id, and may bring its version.
    fn admit_import(
        &self,
        context: &ContextView,
        holder: &SubjectView,
        next: Version,
    ) -> Result<Step> {
        let Some(id) = self.request.id else {
            return Err(not_permitted(format!(
                "Subject {} is in import mode: a schema must bring its id",
                self.subject()
            )));
        };
        let id = SchemaId::new(id)
            .ok_or_else(|| not_permitted(format!("Schema id {id} is not between 1 and 2^31-1")))?;
        if context
            .entry(id)
            .is_some_and(|entry| entry.guid != self.full.guid)
        {
            return Err(not_permitted(format!(
                "Overwrite new schema with id {id} is not permitted."
            )));
        }
        let version = match self.request.version {
            None | Some(0 | -1) => next,
            Some(number) => Version::new(number).ok_or_else(|| wrong_version(number, next))?,
        };
        if holder.version(version).is_some_and(|entry| entry.id != id) {
            return Err(not_permitted(format!(
                "Subject {} version {version} already holds another schema",
                self.subject()
            )));
        }
        Ok(Step::New { id, version })
    }

    /// The version that holds the schema already, if it is the one that is asked for. What the settings add makes a schema
    /// another one, so then only the complete one counts.
    fn already_there<'a>(&self, view: &View, holder: &'a SubjectView) -> Option<&'a VersionEntry> {
        let is_plain = !self.terms.add_something() && asked_version(&self.request).is_none();
        let twin = self.twin.filter(|_| is_plain);
        let twin = twin.and_then(|id| holder.live().rev().find(|entry| entry.id == id));
        let bare = (!self.terms.add_something()).then_some(&self.bare);
        bare.into_iter()
            .chain([&self.full])
            .filter_map(|candidate| match asked_version(&self.request) {
                None => candidate.find(view, holder, false),
                Some(-1) => candidate.find(view, holder, false).filter(|entry| {
                    Some(entry.version) == holder.latest().map(|latest| latest.version)
                }),
                Some(number) => holder
                    .version(Version::new(number)?)
                    .filter(|entry| !entry.deleted && candidate.is_held_by(view, entry)),
            })
            .chain(twin)
            .find(|entry| {
                self.request
                    .id
                    .is_none_or(|id| id == i64::from(entry.id.get()))
            })
    }

    /// A request that names a version asks for exactly that one.
    fn expect_version(&self, version: Version) -> Result<()> {
        match self.request.version {
            None | Some(0 | -1) => Ok(()),
            Some(number) if number == i64::from(version.get()) => Ok(()),
            Some(number) => Err(wrong_version(number, version)),
        }
    }

    /// What was taken from the latest version must still be what the latest version says.
    fn hold_inheritance(&self, view: &View, holder: &SubjectView) -> Result<()> {
        if self.terms.is_import {
            return Ok(());
        }
        let complete = !self.request.propagate_schema_tags
            && self.bare.metadata.is_some()
            && self.bare.rule_set.is_some()
            && !says_no_text(&self.request)
            && !self.terms.validation.fields;
        let latest = holder.latest();
        if complete || latest.map(|entry| entry.id) == self.heir_of {
            return Ok(());
        }
        let says_something = |entry| {
            view.schema_of(&self.subject().context, entry)
                .is_some_and(|stored| stored.has_extras)
        };
        if self.earlier.is_some()
            || self.request.propagate_schema_tags
            || says_no_text(&self.request)
            || latest.is_some_and(says_something)
        {
            return Err(RegistryError::Moved);
        }
        Ok(())
    }

    /// The references must still stand for what was parsed.
    fn hold_references(&self, view: &View) -> Result<()> {
        let submitted: Vec<Reference> = self
            .full
            .references
            .iter()
            .map(|resolved| resolved.reference.clone())
            .collect();
        let now = references::resolve(view, self.subject(), &submitted)?;
        // Not by their ids: the target may be part of the same batch, and get another id than was planned.
        let guids = |resolved: &[references::Resolved]| {
            resolved.iter().map(|one| one.guid).collect::<Vec<_>>()
        };
        if guids(&now) == guids(&self.full.references) {
            Ok(())
        } else {
            Err(RegistryError::Moved)
        }
    }

    /// Checks against the versions that the plan has not been checked against yet.
    fn check_what_is_new(&mut self, view: &View) -> Result<()> {
        let obligation = Obligation::of(view, self.subject(), self.default_level);
        let (level, policy) = (obligation.level, obligation.policy);
        if self.passed_at != (level, policy, obligation.group.clone()) {
            return if obligation.versions.is_empty() {
                Ok(())
            } else {
                Err(RegistryError::Moved)
            };
        }
        // Which versions belong to a group is written where this cannot look.
        let ids = || obligation.versions.iter().map(|entry| entry.id);
        if obligation.group.is_some() && !ids().eq(self.passed.iter().copied()) {
            return Err(RegistryError::Moved);
        }
        let context = &self.subject().context;
        let mut unchecked: Vec<Previous> = Vec::new();
        for entry in obligation
            .versions
            .iter()
            .filter(|entry| !self.passed.contains(&entry.id))
        {
            let parsed = view
                .schema_of(context, entry)
                .and_then(|stored| self.parser.stored(context, stored.id, stored.guid))
                .filter(|parsed| parsed.canonical().len() <= LIGHT_BYTES)
                .filter(|_| self.is_light && unchecked.len() < CHECKED_IN_PLACE)
                .ok_or(RegistryError::Moved)?;
            unchecked.push((*entry, parsed));
        }
        let verdict = verdict(&self.full.parsed.schema, &unchecked, level, policy)?;
        if !verdict.is_compatible() {
            let subject = self.subject().clone();
            let verdict = verdict.signed(&self.terms, level);
            return Err(RegistryError::Incompatible {
                subject,
                messages: verdict.messages,
            });
        }
        self.passed
            .extend(unchecked.iter().map(|(entry, _)| entry.id));
        Ok(())
    }

    fn change(&self, view: &View, id: SchemaId, version: Version) -> ChangeKind {
        ChangeKind::SchemaRegistered(Registered {
            subject: self.subject().clone(),
            version,
            id,
            guid: self.full.guid,
            text_guid: self.full.parsed.text_guid,
            schema_type: self.full.parsed.schema.schema_type(),
            has_extras: self.full.has_extras(),
            references: self.full.parsed.references.clone(),
            purged: self.purged(view, id, version),
            facts: Some(Arc::new(self.facts(view))),
            imported: None,
        })
    }

    fn facts(&self, view: &View) -> Facts {
        let subject = self.subject();
        let scope = Scope::subject(subject);
        let holder = view.subject(subject);
        let at_once = |latest: &VersionEntry| {
            let stored = view.schema_of(&subject.context, latest)?;
            let previous = self
                .parser
                .stored(&subject.context, stored.id, stored.guid)
                .filter(|parsed| self.is_light && parsed.canonical().len() <= LIGHT_BYTES)?;
            Some((Arc::clone(&self.full.parsed.schema), previous))
        };
        let summary = if view.mode(&scope).is_import() {
            None
        } else {
            facts::summary(view, subject, self.compared.as_ref(), at_once)
        };
        Facts {
            sha256: self.full.parsed.sha256.clone(),
            size: self.full.parsed.canonical.len() as u64,
            level: view.level(&scope).unwrap_or(self.default_level),
            creates_subject: holder.is_none_or(|holder| holder.versions().is_empty()),
            summary,
        }
    }

    /// Soft-deleted versions with the same schema make room for the new one, unless something refers to them. An import
    /// may bring back the very version that was deleted: then it stays what it was for those who refer to it.
    fn purged(&self, view: &View, id: SchemaId, brought: Version) -> Vec<Version> {
        let subject = self.subject();
        let holder = view.subject(subject).into_iter();
        let same = holder
            .flat_map(|holder| holder.versions())
            .filter(|entry| entry.deleted && entry.id == id);
        same.map(|entry| entry.version)
            .filter(|version| {
                let usage = Usage {
                    subject: subject.clone(),
                    version: *version,
                };
                *version == brought || view.referrers(&usage).is_empty()
            })
            .collect()
    }
}

/// Whether the version that a schema is to become goes into it. Whoever changes tags asks for a new one.
fn asks_for_version(request: &RegisterRequest) -> bool {
    asked_version(request).is_some()
}

/// The version that is asked for; -1 is a new one.
fn asked_version(request: &RegisterRequest) -> Option<i64> {
    let asked = request.version.filter(|number| *number != 0);
    asked.or_else(|| edits_tags(request).then_some(-1))
}

fn next_version(holder: Option<&SubjectView>) -> Option<Version> {
    holder.map_or(Some(Version::FIRST), SubjectView::next_version)
}

/// A request without a text means the text of the latest version.
fn says_no_text(request: &RegisterRequest) -> bool {
    request.schema.as_deref().unwrap_or_default().is_empty()
}

fn not_permitted(reason: impl Into<String>) -> RegistryError {
    RegistryError::OperationNotPermitted(reason.into())
}

fn wrong_version(number: i64, expected: Version) -> RegistryError {
    RegistryError::InvalidSchema(format!(
        "version {number} is not the expected version {expected}"
    ))
}
