//! Parsing and checking: on threads with a large stack, with a bound on time and on how much waits, and with memories of
//! what was parsed before.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use dovetail_compat::{Guid, NamedText, Schema, identity, parse, parse_lax};
use dovetail_model::{Context, Reference, SchemaId, SchemaType};
use quick_cache::{Weighter, sync::Cache};
use serde_json::value::RawValue;
use tokio::{
    sync::{
        Semaphore,
        oneshot::{self, error::RecvError},
    },
    time::timeout,
};

use super::{RegistryError, Result, facts};

/// The stack of a worker. Memory is taken only as far as a stack is used.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// How much work waits before more is held back.
const WAITING: usize = 1024;

/// What the memories of one plan hold, by estimate.
const PLANNED_ITEMS: usize = 1024;
const PLANNED_BYTES: u64 = 64 * 1024 * 1024;

/// What parsing and checking may use.
#[derive(Debug, Clone)]
pub struct ParserLimits {
    /// How long one request's parsing or checking may take.
    pub deadline: Duration,
    /// How many bytes of parsed schemas are kept in memory, by estimate.
    pub cache_bytes: u64,
}

/// The workers and the memories.
#[derive(Debug)]
pub(super) struct Parser {
    workers: Arc<rayon::ThreadPool>,
    slots: Arc<Semaphore>,
    deadline: Duration,
    submitted: Cache<Submitted, Arc<ParsedText>, Weight>,
    stored: Cache<(Context, SchemaId), (Guid, Arc<Schema>), Weight>,
    /// Whose memories are asked where one's own do not know.
    behind: Option<Arc<Parser>>,
}

/// A text as it was submitted, with its references made concrete: all that parsing depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Submitted {
    pub(super) schema_type: SchemaType,
    pub(super) text: String,
    pub(super) normalize: bool,
    /// Whether names and defaults are taken as they are.
    pub(super) is_lax: bool,
    pub(super) references: Vec<Reference>,
    /// What the references stand for.
    pub(super) resolved: Vec<(Context, SchemaId)>,
}

/// What a submitted text came to.
#[derive(Debug)]
pub(super) struct ParsedText {
    pub(super) schema: Arc<Schema>,
    /// The canonical text as a JSON string.
    pub(super) text: Box<RawValue>,
    pub(super) canonical: String,
    pub(super) references: Vec<Reference>,
    /// The identity without metadata and rules.
    pub(super) text_guid: Guid,
    /// SHA-256 of the canonical text, in hexadecimal.
    pub(super) sha256: String,
}

impl Parser {
    pub(super) fn new(limits: &ParserLimits) -> Self {
        let workers = rayon::ThreadPoolBuilder::new()
            .stack_size(STACK_BYTES)
            .thread_name(|number| format!("parser-{number}"))
            .build()
            .expect("the machine can start threads");
        let items = usize::try_from(limits.cache_bytes / 8192).unwrap_or(usize::MAX);
        Self {
            workers: Arc::new(workers),
            slots: Arc::new(Semaphore::new(WAITING)),
            deadline: limits.deadline,
            submitted: Cache::with_weighter(items, limits.cache_bytes / 2, Weight),
            stored: Cache::with_weighter(items, limits.cache_bytes / 2, Weight),
            behind: None,
        }
    }

    /// The same workers with memories in front that go with the plan they belong to: an id that is only planned may come
    /// to stand for something else, and so would everything that was parsed with it.
    pub(super) fn for_plan(self: &Arc<Self>) -> Self {
        Self {
            workers: Arc::clone(&self.workers),
            slots: Arc::clone(&self.slots),
            deadline: self.deadline,
            submitted: Cache::with_weighter(PLANNED_ITEMS, PLANNED_BYTES, Weight),
            stored: Cache::with_weighter(PLANNED_ITEMS, PLANNED_BYTES, Weight),
            behind: Some(Arc::clone(self)),
        }
    }

    /// Runs work on a worker. A panic there is an error here, and so is work that takes too long.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _slot = self.slots.acquire().await.map_err(|_| stopped())?;
        let (reply, answer) = oneshot::channel();
        self.workers.spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(work));
            // Whoever waited may have given up.
            let _ = reply.send(outcome);
        });
        match self.in_time(answer).await {
            Some(Ok(Ok(value))) => Ok(value),
            Some(Ok(Err(_panic))) => Err(RegistryError::Internal(
                "the schema could not be processed; this is a defect".into(),
            )),
            Some(Err(_)) => Err(stopped()),
            None => Err(RegistryError::InvalidSchema(format!(
                "it is too complex: processing it took more than {} s",
                self.deadline.as_secs()
            ))),
        }
    }

    /// What comes before the deadline. It is waited for in slices, and what happened while the whole process stood still counts
    /// as one: a pause is not the schema's fault.
    async fn in_time<T>(
        &self,
        mut answer: oneshot::Receiver<T>,
    ) -> Option<std::result::Result<T, RecvError>> {
        const SLICES: u32 = 20;
        for _ in 0..SLICES {
            if let Ok(came) = timeout(self.deadline / SLICES, &mut answer).await {
                return Some(came);
            }
        }
        None
    }

    /// What this text came to, if it was seen before.
    pub(super) fn remembered(&self, submitted: &Submitted) -> Option<Arc<ParsedText>> {
        let behind = self.behind.as_ref();
        self.submitted
            .get(submitted)
            .or_else(|| behind.and_then(|parser| parser.remembered(submitted)))
    }

    /// Parses a submitted text with the texts it refers to.
    pub(super) async fn parse(
        &self,
        submitted: Submitted,
        texts: Vec<NamedText>,
    ) -> Result<Arc<ParsedText>> {
        let (submitted, parsed) = self
            .run(move || {
                let parsed = ParsedText::new(&submitted, &texts);
                (submitted, parsed)
            })
            .await?;
        let parsed = Arc::new(parsed?);
        self.submitted.insert(submitted, Arc::clone(&parsed));
        Ok(parsed)
    }

    /// Parses a stored text with the texts it refers to.
    pub(super) async fn parse_stored(
        &self,
        schema_type: SchemaType,
        text: String,
        texts: Vec<NamedText>,
    ) -> Result<Arc<Schema>> {
        let parsed = self
            .run(move || parse_lax(schema_type, &text, &texts))
            .await?;
        let unreadable = |error| {
            RegistryError::Internal(format!("a stored schema can no longer be parsed: {error}"))
        };
        parsed.map(Arc::new).map_err(unreadable)
    }

    /// A stored schema, if it is in memory. The GUID guards against an id that a failed transaction had planned.
    pub(super) fn stored(
        &self,
        context: &Context,
        id: SchemaId,
        guid: Guid,
    ) -> Option<Arc<Schema>> {
        self.stored
            .get(&(context.clone(), id))
            .filter(|(known, _)| *known == guid)
            .map(|(_, schema)| schema)
            .or_else(|| self.behind.as_ref()?.stored(context, id, guid))
    }

    /// Remembers a stored schema.
    pub(super) fn keep(&self, context: &Context, id: SchemaId, guid: Guid, schema: Arc<Schema>) {
        self.stored.insert((context.clone(), id), (guid, schema));
    }
}

impl ParsedText {
    fn new(submitted: &Submitted, texts: &[NamedText]) -> Result<Self> {
        let invalid =
            |error: dovetail_compat::SchemaError| RegistryError::InvalidSchema(error.to_string());
        let read = if submitted.is_lax { parse_lax } else { parse };
        let schema = read(submitted.schema_type, &submitted.text, texts).map_err(invalid)?;
        let mut references = submitted.references.clone();
        let canonical = if submitted.normalize {
            if submitted.schema_type == SchemaType::Avro {
                references.sort_by(|a, b| {
                    (&a.name, &a.subject, a.version).cmp(&(&b.name, &b.subject, b.version))
                });
                references.dedup();
            }
            schema.normalized()
        } else {
            schema.canonical().to_owned()
        };
        let text = serde_json::value::to_raw_value(&canonical).expect("a text is valid JSON");
        let text_guid = identity(&canonical, &references, None, None);
        Ok(Self {
            schema: Arc::new(schema),
            sha256: facts::sha256(&canonical),
            text,
            canonical,
            references,
            text_guid,
        })
    }
}

fn stopped() -> RegistryError {
    RegistryError::Internal("the parser has stopped".into())
}

/// An estimate: a parsed schema takes several times its text.
#[derive(Debug, Clone)]
struct Weight;

fn estimate(text_bytes: usize) -> u64 {
    (text_bytes * 8 + 1024) as u64
}

impl Weighter<Submitted, Arc<ParsedText>> for Weight {
    fn weight(&self, submitted: &Submitted, _: &Arc<ParsedText>) -> u64 {
        estimate(submitted.text.len())
    }
}

impl Weighter<(Context, SchemaId), (Guid, Arc<Schema>)> for Weight {
    fn weight(&self, _: &(Context, SchemaId), (_, schema): &(Guid, Arc<Schema>)) -> u64 {
        estimate(schema.canonical().len())
    }
}
