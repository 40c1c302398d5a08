//! Judging as a registration would: ids, mode, references, level, and what is registered already.

use std::collections::HashMap;

use dovetail_client::{ListVersions, LookUp, RegisterRequest};
use dovetail_codegen::manifest::VersionRequest;
use dovetail_compat::{NamedText, Schema, link::Need, link::mentions};
use dovetail_model::{Mode, QualifiedSubject, Reference, SchemaType, Version, VersionSpec};

use super::{Options, Plan, batch::confirm, entry, subject::State, texts::Reached};
use crate::{
    ending::{Ending, Failure, Outcome},
    judge::{judge, parsed},
    registry::{Registry, failure},
    report::{Entry, Finding, Report, Status},
    source::Loaded,
    workspace::{Owned, Workspace},
};

/// One registration to make.
#[derive(Debug)]
pub(crate) struct Step {
    /// The entry of the report it belongs to.
    pub(crate) entry: usize,
    pub(crate) subject: QualifiedSubject,
    /// Ready but for the versions of references to schemas that are registered in the same go.
    pub(crate) request: RegisterRequest,
    /// Which references of the request those are, with the entry each stands for.
    pub(crate) waits_for: Vec<(usize, usize)>,
}

/// Judges the chosen schemas against what the registry holds. Nothing is written.
pub(crate) async fn against_registry(
    registry: &Registry,
    workspace: &Workspace,
    options: Options,
) -> Outcome<Plan> {
    let mut subjects = Vec::with_capacity(workspace.chosen.len());
    for number in &workspace.chosen {
        let owned = &workspace.owned[*number];
        subjects.push(owned.subject.clone().ok_or_else(|| nameless(&owned.file))?);
    }
    let states = State::of(registry, subjects.clone()).await;
    let mut planner = Planner {
        registry,
        workspace,
        options,
        reached: Reached::default(),
        becomes: HashMap::new(),
        used: None,
        plan: Plan {
            report: Report {
                command: "check",
                baseline: registry.url().to_owned(),
                entries: Vec::new(),
            },
            steps: Vec::new(),
        },
    };
    let chosen = workspace
        .chosen
        .iter()
        .zip(subjects.into_iter().zip(states));
    for (number, (subject, state)) in chosen {
        planner.schema(*number, subject, state).await?;
    }
    let mut plan = planner.plan;
    // Only where nothing was found: a batch is all or nothing, and what is broken is known already.
    let judged_as_registered = options.level.is_none() && options.version.is_none();
    if plan.report.ending() == Ending::Fine && judged_as_registered {
        confirm(registry, &mut plan, options).await?;
    }
    Ok(plan)
}

fn nameless(file: &str) -> Failure {
    Failure::usage(format!("{file} has no subject")).help(
        "list it in dovetail.toml, name its subject with --subject, or compare it with something else: --against \
         git:REVISION, dir:PATH, or a file",
    )
}

/// What a schema is after a registration.
#[derive(Debug, Clone, Copy)]
enum Becomes {
    /// This version, which is there.
    There(Version),
    /// The version that the entry's step makes.
    New { entry: usize },
}

struct Planner<'a> {
    registry: &'a Registry,
    workspace: &'a Workspace,
    options: Options,
    reached: Reached,
    becomes: HashMap<usize, Becomes>,
    /// The subjects of others that the manifest names, read when they are first needed.
    used: Option<Vec<Used>>,
    plan: Plan,
}

/// A version of a subject that the manifest uses.
struct Used {
    subject: QualifiedSubject,
    version: Version,
    schema_type: SchemaType,
    defines: Vec<String>,
}

/// A schema with its references made concrete as far as that is possible.
struct Candidate {
    loaded: Loaded,
    references: Vec<Reference>,
    waits_for: Vec<(usize, usize)>,
    /// Needs that nothing defines.
    missing: Vec<Need>,
}

impl Planner<'_> {
    /// Judges one schema; those it needs were judged before.
    async fn schema(
        &mut self,
        number: usize,
        subject: QualifiedSubject,
        state: Outcome<State>,
    ) -> Outcome<()> {
        let owned = &self.workspace.owned[number];
        let mut entry = entry(owned);
        let place = self.plan.report.entries.len();
        let decided = match state {
            Ok(state) => self.decide(number, &subject, &state, &mut entry).await,
            Err(failure) => Err(failure),
        };
        match decided {
            Ok(Some((becomes, candidate))) => {
                self.becomes.insert(number, becomes);
                if let Becomes::New { .. } = becomes {
                    self.plan.steps.push(Step {
                        entry: place,
                        subject,
                        request: request(&candidate),
                        waits_for: candidate.waits_for,
                    });
                }
            }
            Ok(None) => {
                self.becomes.insert(number, Becomes::New { entry: place });
            }
            Err(failure) if failure.is_undecided() => {
                entry.status = Status::Unknown;
                let finding = Finding::plain("CHECK_NOT_MADE", failure.to_string(), "");
                entry.findings.push(finding);
                self.becomes.insert(number, Becomes::New { entry: place });
            }
            Err(failure) => return Err(failure),
        }
        self.plan.report.entries.push(entry);
        Ok(())
    }

    /// What becomes of a schema; nothing where it cannot be registered.
    async fn decide(
        &mut self,
        number: usize,
        subject: &QualifiedSubject,
        state: &State,
        entry: &mut Entry,
    ) -> Outcome<Option<(Becomes, Candidate)>> {
        let owned = &self.workspace.owned[number];
        let candidate = match self.candidate(number, subject, state).await? {
            Ok(candidate) => candidate,
            Err(finding) => return Ok(invalid(entry, *finding)),
        };
        if !candidate.missing.is_empty() {
            let findings = candidate.missing.iter().map(|need| unresolved(owned, need));
            entry.findings.extend(findings);
            entry.status = Status::Invalid;
            return Ok(None);
        }
        let schema = match parsed(&candidate.loaded) {
            Ok(schema) => schema,
            Err(finding) => return Ok(invalid(entry, *finding)),
        };
        if let Some(found) = self.registered(subject, state, &candidate, &schema).await? {
            entry.status = found;
            if let Status::Unchanged {
                version: Some(version),
                ..
            } = found
            {
                let version = Version::new(version.into());
                let version =
                    version.ok_or_else(|| Failure::undecided("a version is no number"))?;
                note_level(entry, owned, state);
                return Ok(Some((Becomes::There(version), candidate)));
            }
        }
        if let Some(finding) = refused_by_mode(subject, state.mode) {
            entry.status = Status::Refused;
            entry.findings.push(finding);
            return Ok(None);
        }
        let name = subject.to_string();
        let obligation = state
            .obligation(self.registry, &name, owned, self.options)
            .await?;
        entry.compared_with = obligation
            .previous
            .iter()
            .map(|one| one.name.clone())
            .collect();
        entry.findings = judge(&candidate.loaded, &schema, &obligation)?;
        entry.levels = obligation.levels;
        note_level(entry, owned, state);
        if !entry.findings.is_empty() {
            entry.status = Status::Breaking;
            return Ok(None);
        }
        entry.status = if state.versions.is_empty() {
            Status::New
        } else {
            Status::Compatible
        };
        let place = self.plan.report.entries.len();
        Ok(Some((Becomes::New { entry: place }, candidate)))
    }

    /// The schema with its references: to schemas of the project, to versions the manifest uses, and to what its latest
    /// version refers to by the same name.
    async fn candidate(
        &mut self,
        number: usize,
        subject: &QualifiedSubject,
        state: &State,
    ) -> Outcome<Result<Candidate, Box<Finding>>> {
        let owned = &self.workspace.owned[number];
        let linked = &self.workspace.linked;
        let links = match linked.links(number) {
            Ok(links) => links,
            Err(error) => {
                let loaded = self.loaded(number, &[]);
                let finding = parsed(&loaded).err();
                let plain = || Box::new(Finding::plain("INVALID_SCHEMA", error.to_string(), ""));
                return Ok(Err(finding.unwrap_or_else(plain)));
            }
        };
        let mut references = Vec::with_capacity(links.len());
        let mut waits_for = Vec::new();
        for link in links {
            let target = &self.workspace.owned[link.to];
            let target = target
                .subject
                .as_ref()
                .ok_or_else(|| nameless(&target.file))?;
            let version = match self.becomes.get(&link.to) {
                Some(Becomes::There(version)) => number_of(*version),
                Some(Becomes::New { entry }) => {
                    waits_for.push((references.len(), *entry));
                    -1
                }
                None => -1,
            };
            references.push(Reference {
                name: link.name.clone(),
                subject: spelled(target, subject),
                version,
            });
        }
        let mut missing = Vec::new();
        let mut foreign = Vec::new();
        for need in linked.missing(number) {
            match self
                .elsewhere(owned.schema_type, need, subject, state)
                .await?
            {
                Some(reference) => foreign.push(reference),
                None => missing.push(need.clone()),
            }
        }
        let texts = self.registry.references(&subject.context, &foreign).await?;
        references.extend(foreign);
        Ok(Ok(Candidate {
            loaded: self.loaded(number, &texts),
            references,
            waits_for,
            missing,
        }))
    }

    fn loaded(&mut self, number: usize, foreign: &[NamedText]) -> Loaded {
        let owned = &self.workspace.owned[number];
        Loaded {
            name: owned.file.clone(),
            file: Some(owned.file.clone()),
            subject: owned.subject.as_ref().map(ToString::to_string),
            schema_type: owned.schema_type,
            text: self.workspace.text(number),
            references: self.reached.add(&self.workspace.linked, number, foreign),
        }
    }

    /// A reference to something that is not of this project.
    async fn elsewhere(
        &mut self,
        schema_type: SchemaType,
        need: &Need,
        referrer: &QualifiedSubject,
        state: &State,
    ) -> Outcome<Option<Reference>> {
        if self.used.is_none() {
            self.used = Some(used(self.registry, self.workspace).await?);
        }
        let defines = |used: &&Used| {
            used.schema_type == schema_type
                && (used.defines.contains(&need.absolute)
                    || used.subject.subject.as_str() == need.name)
        };
        if let Some(used) = self.used.iter().flatten().find(defines) {
            return Ok(Some(Reference {
                name: need.name.clone(),
                subject: spelled(&used.subject, referrer),
                version: number_of(used.version),
            }));
        }
        let earlier = state.latest.iter().flat_map(|latest| &latest.references);
        Ok(earlier
            .into_iter()
            .find(|known| known.name == need.name)
            .cloned())
    }

    /// The version that holds the schema already.
    async fn registered(
        &self,
        subject: &QualifiedSubject,
        state: &State,
        candidate: &Candidate,
        schema: &Schema,
    ) -> Outcome<Option<Status>> {
        let Some(latest) = &state.latest else {
            return Ok(None);
        };
        if !candidate.waits_for.is_empty() {
            return Ok(None);
        }
        let unchanged = |version: Version, id: u32| Status::Unchanged {
            version: Some(version.get()),
            id: Some(id),
        };
        let normalize = self.options.normalize || state.config.normalize.unwrap_or_default();
        let is_latest = latest.schema_type == candidate.loaded.schema_type
            && latest.references == candidate.references
            && (latest.schema == schema.canonical()
                || normalize && latest.schema == schema.normalized());
        if is_latest {
            return Ok(Some(unchanged(latest.version, latest.id.get())));
        }
        let how = LookUp {
            normalize: self.options.normalize,
            ..LookUp::default()
        };
        let found = self.registry.client();
        let found = found
            .look_up(&subject.to_string(), &request(candidate), &how)
            .await;
        match found {
            Ok(found) => Ok(Some(unchanged(found.version, found.id.get()))),
            Err(error) if error.is_not_found() => Ok(None),
            // It is judged here, and refused with better words.
            Err(error) if error.is_invalid_schema() => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }
}

fn request(candidate: &Candidate) -> RegisterRequest {
    RegisterRequest {
        schema: Some(candidate.loaded.text.to_string()),
        schema_type: Some(candidate.loaded.schema_type.to_string()),
        references: candidate.references.clone(),
        ..RegisterRequest::default()
    }
}

fn invalid<T>(entry: &mut Entry, finding: Finding) -> Option<T> {
    entry.status = Status::Invalid;
    entry.findings.push(finding);
    None
}

/// Says where the manifest and the registry disagree about the level.
fn note_level(entry: &mut Entry, owned: &Owned, state: &State) {
    let registry = state.level();
    if let Some(level) = owned.level.filter(|level| *level != registry) {
        entry.notes.push(format!(
            "the level is {registry} in the registry and {level} in the manifest; `dovetail register` sets it"
        ));
    }
}

fn refused_by_mode(subject: &QualifiedSubject, mode: Mode) -> Option<Finding> {
    let (rule, why, instead) = match mode {
        Mode::ReadWrite => return None,
        Mode::Import => (
            "SUBJECT_IN_IMPORT_MODE",
            "takes only schemas that bring their ids",
            "wait until the import is over; `dovetail mode` shows and sets modes",
        ),
        _ => (
            "SUBJECT_READ_ONLY",
            "takes no new versions",
            "ask who set the mode; `dovetail mode` shows and sets modes",
        ),
    };
    let message = format!("subject \"{subject}\" is in mode {mode}, which {why}");
    Some(Finding::plain(rule, message, instead))
}

fn unresolved(owned: &Owned, need: &Need) -> Finding {
    Finding::plain(
        "UNRESOLVED_REFERENCE",
        format!(
            "{} refers to \"{}\", and nothing of the manifest defines it",
            owned.file, need.name
        ),
        "add a [[subject]] to dovetail.toml with the file that defines it, or with the registered version that does",
    )
}

/// A subject as a reference of another one spells it.
fn spelled(target: &QualifiedSubject, referrer: &QualifiedSubject) -> String {
    if target.context == referrer.context {
        target.subject.to_string()
    } else {
        format!(":{}:{}", target.context, target.subject)
    }
}

fn number_of(version: Version) -> i32 {
    i32::try_from(version.get()).unwrap_or(i32::MAX)
}

/// The versions of others that the manifest uses, with what they define.
async fn used(registry: &Registry, workspace: &Workspace) -> Outcome<Vec<Used>> {
    let mut all = Vec::new();
    for (subject, request) in &workspace.used {
        let name = subject.to_string();
        let version = match request {
            VersionRequest::Latest => VersionSpec::Latest,
            VersionRequest::Range { .. } => {
                let known = registry
                    .client()
                    .versions(&name, &ListVersions::default())
                    .await;
                let known = known.map_err(|error| failure(&error))?;
                let newest = known
                    .into_iter()
                    .rev()
                    .find(|version| request.allows(*version));
                let Some(newest) = newest else { continue };
                VersionSpec::Number(newest)
            }
        };
        let Some(found) = registry.read(&name, version).await? else {
            continue;
        };
        let defines = mentions(found.schema_type, &found.schema).map(|mentions| mentions.defines);
        all.push(Used {
            subject: subject.clone(),
            version: found.version,
            schema_type: found.schema_type,
            defines: defines.unwrap_or_default(),
        });
    }
    Ok(all)
}
