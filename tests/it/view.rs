//! The view in memory against one loaded from the tables, and against a model of a few lines.
//!
//! Random sequences of operations go through the use cases, in process, on both databases. A model of subjects, versions,
//! ids and associations says what each has to answer. After every few operations the view of the node has to be equal to
//! one loaded fresh from the tables, no reference may dangle, and no id may have got another meaning. Every level is `NONE`,
//! because whom a schema breaks is not the matter here. `PROPTEST_CASES` sets the number of sequences on SQLite;
//! PostgreSQL gets a quarter.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

mod associations;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use dovetail_compat::Guid;
use dovetail_model::{
    AssociationType, CompatibilityLevel, Context, Mode, QualifiedSubject, Reference, SchemaId,
    Version, VersionSpec,
    bodies::{ConfigUpdate, Patch, RegisterRequest},
};
use dovetail_server::{
    core::{CommitStats, Scope, Usage, View},
    registry::{
        Behaviour, ParserLimits, Profile, Registration, Registry, RegistryError, Validation,
    },
    storage::{Storage, open},
};
use dovetail_tests::Database;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

use associations::{Associate, Dissociate, Owned};

/// Few names, so that operations meet. Those from the fourth on live in a context of their own; the last one is named after a
/// resource.
const SUBJECTS: [&str; 6] = ["a", "b", "c", ":.ctx:a", ":.ctx:b", ":.ctx:r-value"];

/// Few texts, so that the same one is registered again and again.
const TEXTS: u8 = 4;

#[derive(Debug, Clone)]
enum Operation {
    Register {
        subject: usize,
        text: u8,
        /// Subject and version to refer to.
        target: Option<(usize, u8)>,
        /// The id that an import brings, and the version where it brings that too.
        import: Option<(u8, Option<u8>)>,
    },
    DeleteVersion {
        subject: usize,
        version: Option<u8>,
        permanent: bool,
    },
    DeleteSubject {
        subject: usize,
        permanent: bool,
    },
    SetLevel {
        scope: usize,
        normalize: bool,
    },
    UnsetLevel {
        scope: usize,
    },
    SetMode {
        scope: usize,
        mode: Mode,
        force: bool,
    },
    UnsetMode {
        scope: usize,
    },
    Associate(Associate),
    Dissociate(Dissociate),
    DeleteContext,
    Restart,
}

fn operation() -> impl Strategy<Value = Operation> {
    let subject = || 0..SUBJECTS.len();
    let scope = || 0..SUBJECTS.len() + 3;
    let version = || 1..5_u8;
    let target = proptest::option::weighted(0.4, (subject(), version()));
    prop_oneof![
        12 => (subject(), 0..TEXTS, target)
            .prop_map(|(subject, text, target)| Operation::Register { subject, text, target, import: None }),
        2 => (subject(), 0..TEXTS, 1..9_u8, proptest::option::of(version()))
            .prop_map(|(subject, text, id, version)| Operation::Register {
                subject,
                text,
                target: None,
                import: Some((id, version)),
            }),
        8 => (subject(), proptest::option::weighted(0.8, version()), any::<bool>())
            .prop_map(|(subject, version, permanent)| Operation::DeleteVersion { subject, version, permanent }),
        4 => (subject(), any::<bool>())
            .prop_map(|(subject, permanent)| Operation::DeleteSubject { subject, permanent }),
        2 => (scope(), any::<bool>())
            .prop_map(|(scope, normalize)| Operation::SetLevel { scope, normalize }),
        1 => scope().prop_map(|scope| Operation::UnsetLevel { scope }),
        2 => (scope(), select(vec![Mode::ReadWrite, Mode::ReadOnly, Mode::Import]), any::<bool>())
            .prop_map(|(scope, mode, force)| Operation::SetMode { scope, mode, force }),
        3 => scope().prop_map(|scope| Operation::UnsetMode { scope }),
        5 => associations::associate().prop_map(Operation::Associate),
        2 => associations::dissociate().prop_map(Operation::Dissociate),
        1 => Just(Operation::DeleteContext),
        1 => Just(Operation::Restart),
    ]
}

/// What a schema is: its text, and what it refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Meaning {
    text: String,
    target: Option<(String, u32)>,
}

/// What a registry holds, without any cleverness.
#[derive(Debug, Clone, Default)]
struct Model {
    subjects: BTreeMap<String, Held>,
    /// Every id that was ever given out, by context.
    ids: BTreeMap<(String, u32), Meaning>,
    modes: BTreeMap<String, Mode>,
    /// By resource and type.
    owned: BTreeMap<(String, AssociationType), Owned>,
}

#[derive(Debug, Default, Clone)]
struct Held {
    /// Id, and whether it is soft-deleted.
    versions: BTreeMap<u32, (u32, bool)>,
    last: u32,
}

/// What was answered: numbers, or the kind of refusal.
type Outcome = Result<Vec<u32>, &'static str>;

impl Model {
    fn held(&self, subject: &str) -> Held {
        self.subjects.get(subject).cloned().unwrap_or_default()
    }

    fn mode(&self, subject: &str) -> Mode {
        let context = format!(":{}:", context_of(subject));
        [subject, &context, ":.__GLOBAL:"]
            .iter()
            .find_map(|scope| self.modes.get(*scope))
            .copied()
            .unwrap_or_default()
    }

    fn id_of(&self, context: &str, meaning: &Meaning) -> Option<u32> {
        let mut known = self.ids.iter();
        known
            .find(|((holder, _), known)| holder == context && *known == meaning)
            .map(|((_, id), _)| *id)
    }

    fn meaning(&self, subject: &str, version: u32) -> Option<&Meaning> {
        let (id, _) = *self.subjects.get(subject)?.versions.get(&version)?;
        self.ids.get(&(context_of(subject).to_owned(), id))
    }

    /// Who refers to a version: subject, version, and whether that is soft-deleted.
    fn referrers(&self, subject: &str, version: u32) -> Vec<(String, u32, bool)> {
        let target = Some((subject.to_owned(), version));
        let mut found = Vec::new();
        for (name, held) in &self.subjects {
            for (number, (_, deleted)) in &held.versions {
                if self
                    .meaning(name, *number)
                    .is_some_and(|meaning| meaning.target == target)
                {
                    found.push((name.clone(), *number, *deleted));
                }
            }
        }
        found
    }

    fn register(
        &mut self,
        subject: &str,
        meaning: Meaning,
        import: Option<(u32, Option<u32>)>,
    ) -> Outcome {
        if let Some((target, version)) = &meaning.target {
            let held = self.held(target);
            let is_gone = held
                .versions
                .get(version)
                .is_none_or(|(_, deleted)| *deleted);
            if is_gone || self.is_frozen(target) {
                return Err("invalid schema");
            }
        }
        let context = context_of(subject).to_owned();
        let mut held = self.held(subject);
        let mode = self.mode(subject);
        let known = self.ids.clone();
        let same = |id: &u32| known.get(&(context.clone(), *id)) == Some(&meaning);
        let asked = import.and_then(|(_, version)| version);
        let there = held
            .versions
            .iter()
            .rev()
            .filter(|(version, _)| asked.is_none_or(|asked| asked == **version))
            .find(|(_, (id, deleted))| !deleted && same(id));
        let wanted = import.map(|(id, _)| id);
        if let Some((version, (id, _))) = there
            && wanted.is_none_or(|wanted| wanted == *id)
        {
            return Ok(vec![*id, *version]);
        }
        if mode.is_read_only() {
            return Err("not permitted");
        }
        if mode.is_import() != import.is_some() {
            return Err("not permitted");
        }
        let (id, version) = if let Some((id, version)) = import {
            let mut known = known.get(&(context.clone(), id)).into_iter();
            let version = version.unwrap_or(held.last + 1);
            let mut there = held.versions.get(&version).into_iter();
            if known.any(|known| *known != meaning) || there.any(|(held, _)| *held != id) {
                return Err("not permitted");
            }
            (id, version)
        } else {
            let ids = known.keys().filter(|(holder, _)| *holder == context);
            let fresh = ids.map(|(_, id)| *id).max().unwrap_or(0) + 1;
            let id = self.id_of(&context, &meaning).unwrap_or(fresh);
            (id, held.last + 1)
        };
        // Soft-deleted versions with the same schema make room, unless something refers to them.
        held.versions.retain(|number, (held, deleted)| {
            let goes = *deleted
                && *held == id
                && (*number == version || self.referrers(subject, *number).is_empty());
            !goes
        });
        held.versions.insert(version, (id, false));
        held.last = held.last.max(version);
        self.subjects.insert(subject.to_owned(), held);
        self.ids.insert((context, id), meaning);
        Ok(vec![id, version])
    }

    fn delete_version(&mut self, subject: &str, version: Option<u32>, permanent: bool) -> Outcome {
        let held = self.held(subject);
        if held.versions.is_empty() {
            return Err("no subject");
        }
        let live = held.versions.iter().filter(|(_, (_, deleted))| !deleted);
        let version = version.or_else(|| live.map(|(version, _)| *version).max());
        let Some((version, (_, deleted))) =
            version.and_then(|version| held.versions.get_key_value(&version))
        else {
            return Err("no version");
        };
        if *deleted && !permanent {
            return Err("version soft deleted");
        }
        if self.mode(subject).is_read_only() {
            return Err("not permitted");
        }
        let mut live = held.versions.iter().filter(|(_, (_, deleted))| !deleted);
        if self.is_associated(subject) && !deleted && live.all(|(other, _)| other == version) {
            return Err("no active version");
        }
        let referrers = self.referrers(subject, *version);
        if referrers.iter().any(|(.., deleted)| permanent || !deleted) {
            return Err("referenced");
        }
        if permanent && !deleted {
            return Err("version not soft deleted");
        }
        self.remove(subject, &[*version], permanent);
        Ok(vec![*version])
    }

    fn delete_subject(&mut self, subject: &str, permanent: bool) -> Outcome {
        let held = self.held(subject);
        if held.versions.is_empty() {
            return Err("no subject");
        }
        let all_deleted = held.versions.values().all(|(_, deleted)| *deleted);
        if !permanent && all_deleted {
            return Err("subject soft deleted");
        }
        if self.mode(subject).is_read_only() {
            return Err("not permitted");
        }
        if self.is_associated(subject) {
            return Err("exists for subject");
        }
        let versions: Vec<u32> = held
            .versions
            .iter()
            .filter(|(_, (_, deleted))| permanent || !deleted)
            .map(|(version, _)| *version)
            .collect();
        for version in versions.iter().rev() {
            if self.is_referenced_from_outside(subject, *version, permanent) {
                return Err("referenced");
            }
            if permanent && !held.versions[version].1 {
                return Err("subject not soft deleted");
            }
        }
        self.remove(subject, &versions, permanent);
        Ok(versions)
    }

    fn is_referenced_from_outside(&self, subject: &str, version: u32, deleted_too: bool) -> bool {
        let referrers = self.referrers(subject, version);
        let mut outside = referrers.iter().filter(|(name, ..)| name != subject);
        outside.any(|(.., deleted)| deleted_too || !deleted)
    }

    fn remove(&mut self, subject: &str, versions: &[u32], permanent: bool) {
        let held = self.subjects.get_mut(subject).unwrap();
        if !permanent {
            for version in versions {
                held.versions.get_mut(version).unwrap().1 = true;
            }
            return;
        }
        held.versions
            .retain(|version, _| !versions.contains(version));
        if held.versions.is_empty() {
            self.subjects.remove(subject);
            self.modes.remove(subject);
        }
    }

    fn delete_context(&mut self) -> Outcome {
        if self.subjects.keys().any(|name| name.starts_with(":.ctx:")) {
            return Err("not empty");
        }
        self.modes.retain(|scope, _| !scope.starts_with(":.ctx:"));
        Ok(Vec::new())
    }

    fn set_mode(&mut self, scope: &str, mode: Mode, force: bool) -> Outcome {
        if self.modes.get(scope) == Some(&mode) {
            return Ok(Vec::new());
        }
        if mode == Mode::Import && !force && !self.mode_of_scope(scope).is_import() {
            self.empty_for_import(scope)?;
        }
        self.modes.insert(scope.to_owned(), mode);
        Ok(Vec::new())
    }

    fn mode_of_scope(&self, scope: &str) -> Mode {
        let context = format!(":{}:", context_of(scope));
        [scope, &context, ":.__GLOBAL:"]
            .iter()
            .find_map(|scope| self.modes.get(*scope))
            .copied()
            .unwrap_or_default()
    }

    fn empty_for_import(&mut self, scope: &str) -> Result<(), &'static str> {
        let in_scope = |name: &str| {
            name == scope
                || scope == ":.__GLOBAL:"
                || (scope.ends_with(':') && scope == format!(":{}:", context_of(name)))
        };
        let names: Vec<String> = self
            .subjects
            .keys()
            .filter(|name| in_scope(name))
            .cloned()
            .collect();
        let held = names.iter().map(|name| self.held(name));
        let mut versions = held.flat_map(|held| held.versions.into_values());
        if versions.any(|(_, deleted)| !deleted) {
            return Err("not permitted");
        }
        for name in &names {
            let held = self.held(name);
            let versions = held.versions.keys();
            for version in versions {
                if self.is_referenced_from_outside(name, *version, true) {
                    return Err("referenced");
                }
            }
        }
        for name in names {
            let versions: Vec<u32> = self.held(&name).versions.keys().copied().collect();
            self.remove(&name, &versions, true);
        }
        Ok(())
    }
}

fn context_of(name: &str) -> &str {
    match name.strip_prefix(":.") {
        Some(rest) => {
            let end = rest.find(':').unwrap();
            &name[1..end + 2]
        }
        None => Context::DEFAULT,
    }
}

/// The scope of a number: a subject, one of two contexts, or the level above them all.
fn scope_name(scope: usize) -> &'static str {
    let others = [":.:", ":.ctx:", ":.__GLOBAL:"];
    SUBJECTS
        .get(scope)
        .copied()
        .unwrap_or_else(|| others[scope - SUBJECTS.len()])
}

fn scope_of(name: &str) -> Scope {
    let (context, subject) = QualifiedSubject::parse_scope(name).unwrap();
    Scope { context, subject }
}

fn kind(error: &RegistryError) -> &'static str {
    use RegistryError as E;
    match error {
        E::SubjectNotFound(_) => "no subject",
        E::VersionNotFound(_) => "no version",
        E::SubjectSoftDeleted(_) => "subject soft deleted",
        E::SubjectNotSoftDeleted(_) => "subject not soft deleted",
        E::VersionSoftDeleted(..) => "version soft deleted",
        E::VersionNotSoftDeleted(..) => "version not soft deleted",
        E::InvalidSchema(_) => "invalid schema",
        E::OperationNotPermitted(_) => "not permitted",
        E::ReferenceExists(_) => "referenced",
        E::ContextNotEmpty(_) => "not empty",
        E::AssociationNotFound(_) => "no association",
        E::AssociationForResourceExists { .. } => "exists for resource",
        E::AssociationForSubjectExists(_) => "exists for subject",
        E::StrongAssociationExists(_) => "strong exists",
        E::NoActiveVersion(_) => "no active version",
        E::AssociationFrozen { .. } => "frozen",
        E::InvalidAssociation { .. } => "invalid association",
        other => panic!("unexpected refusal: {other}"),
    }
}

#[derive(Debug)]
struct NoStats;

impl CommitStats for NoStats {
    fn committed(&self, _: usize) {}
    fn failed(&self) {
        panic!("a batch was not committed");
    }
}

/// A registry on a fresh database, and the model beside it.
struct Pair {
    database: Database,
    storage: Arc<dyn Storage>,
    registry: Registry,
    model: Model,
    /// Every id's identity, as it was first seen.
    meanings: BTreeMap<(Context, SchemaId), Guid>,
}

async fn start(database: &Database) -> (Arc<dyn Storage>, Registry) {
    let behaviour = Behaviour {
        compatibility_level: CompatibilityLevel::None,
        linearizable: true,
        text_cache_bytes: 1 << 20,
        validation: Validation::default(),
        mode_mutability: true,
        profile: Profile::Eight,
        parser: ParserLimits {
            deadline: Duration::from_mins(1),
            cache_bytes: 1 << 20,
        },
    };
    let storage = open(database.url()).await.unwrap();
    let registry = Registry::start(Arc::clone(&storage), &behaviour, Arc::new(NoStats));
    (storage, registry.await.unwrap())
}

impl Pair {
    async fn new(database: Database) -> Self {
        let (storage, registry) = start(&database).await;
        Self {
            database,
            storage,
            registry,
            model: Model::default(),
            meanings: BTreeMap::new(),
        }
    }

    /// A text, which uses the name that its target defines.
    fn meaning(&self, text: u8, target: Option<(usize, u8)>) -> (Meaning, Vec<Reference>) {
        let Some((subject, version)) = target else {
            let name = format!("T{text}");
            return (
                Meaning {
                    text: record(&name, None),
                    target: None,
                },
                Vec::new(),
            );
        };
        let (subject, version) = (SUBJECTS[subject], u32::from(version));
        // What is not there has a name that nobody defines.
        let used = self
            .model
            .meaning(subject, version)
            .map(|meaning| name_of(&meaning.text));
        let used = used.unwrap_or_else(|| "Nobody".to_owned());
        let name = format!("U{text}{used}");
        let target = (subject.to_owned(), version);
        let reference = Reference {
            name: used.clone(),
            subject: spelled(subject),
            version: i32::try_from(version).unwrap(),
        };
        let text = record(&name, Some(&used));
        (
            Meaning {
                text,
                target: Some(target),
            },
            vec![reference],
        )
    }

    /// What the model expects of a registration, and what became of it.
    async fn run_registration(
        &mut self,
        subject: &str,
        text: u8,
        target: Option<(usize, u8)>,
        import: Option<(u8, Option<u8>)>,
    ) -> (Outcome, Outcome) {
        let (meaning, references) = self.meaning(text, target);
        let version = import.and_then(|(_, version)| version);
        let request = RegisterRequest {
            schema: Some(meaning.text.clone()),
            references,
            id: import.map(|(id, _)| id.into()),
            version: version.map(Into::into),
            ..RegisterRequest::default()
        };
        let import = import.map(|(id, version)| (id.into(), version.map(Into::into)));
        let expected = self.model.register(subject, meaning, import);
        let found = self
            .registry
            .register(&qualified(subject), request, false)
            .await;
        let numbers = |found: Registration| vec![found.schema.id.get(), found.version.get()];
        (expected, found.map(numbers).map_err(|error| kind(&error)))
    }

    async fn run_version_deletion(
        &mut self,
        subject: &str,
        version: Option<u8>,
        permanent: bool,
    ) -> (Outcome, Outcome) {
        let spec = version.map_or(VersionSpec::Latest, |version| {
            VersionSpec::Number(Version::new(version.into()).unwrap())
        });
        let deleted = self
            .registry
            .delete_version(&qualified(subject), spec, permanent)
            .await;
        (
            self.model
                .delete_version(subject, version.map(Into::into), permanent),
            deleted
                .map(|version| vec![version.get()])
                .map_err(|error| kind(&error)),
        )
    }

    async fn run(&mut self, operation: &Operation) {
        let (expected, found) = match operation.clone() {
            Operation::Register {
                subject,
                text,
                target,
                import,
            } => {
                self.run_registration(SUBJECTS[subject], text, target, import)
                    .await
            }
            Operation::DeleteVersion {
                subject,
                version,
                permanent,
            } => {
                self.run_version_deletion(SUBJECTS[subject], version, permanent)
                    .await
            }
            Operation::DeleteSubject { subject, permanent } => {
                let subject = SUBJECTS[subject];
                let deleted = self
                    .registry
                    .delete_subject(&qualified(subject), permanent)
                    .await;
                let numbers =
                    |versions: Vec<Version>| versions.iter().map(|one| one.get()).collect();
                (
                    self.model.delete_subject(subject, permanent),
                    deleted.map(numbers).map_err(|error| kind(&error)),
                )
            }
            Operation::SetLevel { scope, normalize } => {
                let name = scope_name(scope);
                let update = ConfigUpdate {
                    compatibility: Patch::Set("NONE".into()),
                    normalize: if normalize {
                        Patch::Set(false)
                    } else {
                        Patch::Clear
                    },
                    ..ConfigUpdate::default()
                };
                let set = self.registry.update_config(&scope_of(name), update).await;
                let read_only = self.model.mode_of_scope(name).is_read_only();
                let expected = if read_only {
                    Err("not permitted")
                } else {
                    Ok(Vec::new())
                };
                (
                    expected,
                    set.map(|_| Vec::new()).map_err(|error| kind(&error)),
                )
            }
            Operation::UnsetLevel { scope } => {
                // What there is to unset is not in the model; the comparison with the tables is what counts.
                let _ = self
                    .registry
                    .delete_config(&scope_of(scope_name(scope)))
                    .await;
                return;
            }
            Operation::SetMode { scope, mode, force } => {
                let name = scope_name(scope);
                let value = serde_json::to_value(mode).unwrap();
                let set = self.registry.set_mode(&scope_of(name), &value, force).await;
                (
                    self.model.set_mode(name, mode, force),
                    set.map(|_| Vec::new()).map_err(|error| kind(&error)),
                )
            }
            Operation::UnsetMode { scope } => {
                let name = scope_name(scope);
                let _ = self.registry.delete_mode(&scope_of(name)).await;
                self.model.modes.remove(name);
                return;
            }
            Operation::Associate(wanted) => self.run_association(&wanted).await,
            Operation::Dissociate(what) => self.run_dissociation(&what).await,
            Operation::DeleteContext => {
                let deleted = self.registry.delete_context(&Context::new(".ctx")).await;
                (
                    self.model.delete_context(),
                    deleted.map(|()| Vec::new()).map_err(|error| kind(&error)),
                )
            }
            Operation::Restart => {
                self.restart().await;
                return;
            }
        };
        assert_eq!(found, expected, "{operation:?} on {:#?}", self.model);
    }

    async fn restart(&mut self) {
        self.registry.close().await;
        // The lock goes with the last handle: the registry's tasks end when nobody can submit to them.
        let elsewhere = Database::sqlite();
        let (storage, registry) = start(&elsewhere).await;
        drop(std::mem::replace(&mut self.registry, registry));
        let old = std::mem::replace(&mut self.storage, storage);
        while Arc::strong_count(&old) > 1 {
            tokio::task::yield_now().await;
        }
        drop(old);
        (self.storage, self.registry) = start(&self.database).await;
    }

    /// The view of the node, the tables and the model agree.
    async fn expect_agreement(&mut self) {
        let view = self.registry.known_view();
        let loaded = self.storage.load().await.unwrap();
        assert_eq!(*view, loaded, "the view and the tables");
        self.expect_model(&view);
        self.expect_associations(&view);
        self.expect_references(&view);
        for (context, slot) in view.contexts() {
            let ids = 1..=slot.last_id().map_or(0, SchemaId::get);
            for entry in ids.filter_map(|id| slot.entry(SchemaId::new(id.into()).unwrap())) {
                let key = (context.clone(), entry.id);
                let first = *self.meanings.entry(key).or_insert(entry.guid);
                assert_eq!(
                    first, entry.guid,
                    "id {} of {context} got another meaning",
                    entry.id
                );
            }
        }
    }

    fn expect_model(&self, view: &View) {
        for subject in SUBJECTS {
            let holder = view.subject(&qualified(subject));
            let found: Vec<_> = holder
                .into_iter()
                .flat_map(|holder| holder.versions())
                .map(|entry| (entry.version.get(), (entry.id.get(), entry.deleted)))
                .collect();
            let held = self.model.held(subject);
            assert_eq!(
                found,
                held.versions.into_iter().collect::<Vec<_>>(),
                "{subject}"
            );
        }
    }

    /// Whatever a version refers to is there.
    fn expect_references(&self, view: &View) {
        for (subject, held) in &self.model.subjects {
            for version in held.versions.keys() {
                let Some((target, number)) = &self.model.meaning(subject, *version).unwrap().target
                else {
                    continue;
                };
                let usage = Usage {
                    subject: qualified(target),
                    version: Version::new((*number).into()).unwrap(),
                };
                let holder = view.subject(&usage.subject);
                let entry = holder.and_then(|holder| holder.version(usage.version));
                assert!(
                    entry.is_some(),
                    "{subject} {version} refers to {target} {number}"
                );
                assert!(!view.referrers(&usage).is_empty());
            }
        }
    }
}

/// A reference to a subject of the default context from within another one has to name the context.
fn spelled(subject: &str) -> String {
    if subject.starts_with(':') {
        subject.to_owned()
    } else {
        format!(":.:{subject}")
    }
}

fn record(name: &str, used: Option<&str>) -> String {
    let fields = used.map(|used| serde_json::json!({ "name": "f", "type": used }));
    let fields: Vec<_> = fields.into_iter().collect();
    serde_json::json!({ "type": "record", "name": name, "fields": fields }).to_string()
}

fn name_of(text: &str) -> String {
    let record: serde_json::Value = serde_json::from_str(text).unwrap();
    record["name"].as_str().unwrap().to_owned()
}

fn qualified(subject: &str) -> QualifiedSubject {
    QualifiedSubject::parse(subject).unwrap()
}

fn check(operations: &[Operation]) {
    check_on(operations, false);
}

fn check_on(operations: &[Operation], is_postgres: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = if is_postgres {
            Database::postgres().await
        } else {
            Database::sqlite()
        };
        let mut pair = Pair::new(database).await;
        for (number, operation) in operations.iter().enumerate() {
            pair.run(operation).await;
            if number % 4 == 3 {
                pair.expect_agreement().await;
            }
        }
        pair.expect_agreement().await;
        pair.restart().await;
        pair.expect_agreement().await;
    });
}

fn config(share: u32) -> Config {
    let cases =
        std::env::var("PROPTEST_CASES").map_or(64, |cases| cases.parse().expect("a whole number"));
    Config {
        cases: (cases / share).max(1),
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(1))]

    #[test]
    fn the_view_the_tables_and_the_model_agree(operations in vec(operation(), 40)) {
        check(&operations);
    }
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn the_view_the_tables_and_the_model_agree_on_postgres(operations in vec(operation(), 40)) {
        check_on(&operations, true);
    }
}

fn register(subject: usize, target: Option<(usize, u8)>) -> Operation {
    Operation::Register {
        subject,
        text: 0,
        target,
        import: None,
    }
}

const fn delete(subject: usize, permanent: bool) -> Operation {
    Operation::DeleteSubject { subject, permanent }
}

const fn import_mode(scope: usize, force: bool) -> Operation {
    Operation::SetMode {
        scope,
        mode: Mode::Import,
        force,
    }
}

/// `:.:`, as [`scope_name`] numbers it.
const DEFAULT_CONTEXT: usize = SUBJECTS.len();

#[test]
fn emptying_a_context_for_import_forgets_a_schema_that_two_subjects_share() {
    check(&[
        register(3, None),
        register(0, Some((3, 1))),
        register(1, Some((3, 1))),
        delete(0, false),
        delete(1, false),
        import_mode(DEFAULT_CONTEXT, false),
    ]);
}

#[test]
fn an_import_brings_a_referenced_soft_deleted_version_back() {
    check(&[
        register(0, None),
        register(1, Some((0, 1))),
        delete(1, false),
        delete(0, false),
        import_mode(0, true),
        Operation::Register {
            subject: 0,
            text: 0,
            target: None,
            import: Some((1, Some(1))),
        },
    ]);
}
