//! Registering: the one use case in which everything meets.
//!
//! A request is prepared outside any transaction: parsed, identified, checked. What comes out is a plan, and the plan is
//! decided twice: once here, so that most refusals and every repeated registration cost no transaction, and once by the
//! committer against the newest state. If the subject moved in between, the plan checks what is new to it on the spot when
//! the parsed schemas are at hand, and is prepared again when they are not.

mod admit;
mod decide;

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use dovetail_compat::Guid;
use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, QualifiedSubject, SchemaId, Version,
    bodies::RegisterRequest,
};

use super::{
    Registry, RegistryError, Result, Validation, candidate::Candidate, check::Obligation,
    facts::Compared, lookup::Found, parser::Parser, tags::edits_tags, terms::Terms,
};
use crate::core::{Content, Scope, SubjectView, VersionEntry, View};

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
