//! The use cases, without HTTP and without SQL: each reads aloud like its description.
//!
//! A use case takes a [`View`], decides, and either answers or submits its decision to the committer, which asks it again
//! against the newest state before it writes. To add one: a file here, a line in `api/`, a row in `router.rs`.

mod associations;
mod batch;
mod candidate;
mod check;
mod config;
mod contexts;
mod delete;
mod error;
mod explain;
mod export;
mod facts;
mod import;
mod listing;
mod log;
mod lookup;
mod mode;
mod parser;
mod planned;
mod profile;
mod read;
mod references;
mod register;
mod shown;
mod tags;
mod terms;
mod texts;
mod twin;

use std::sync::Arc;

pub use associations::{Associated, AssociationFilter, AssociationsRequest, Resource, Whose};
pub use batch::{Batch, MOST_IN_BATCH, Placed};
pub use check::Verdict;
pub use config::ConfigAnswer;
pub use error::RegistryError;
pub use explain::Explained;
pub use export::Export;
pub use import::{Spool, SpoolError};
pub use listing::{AssociatedWith, Listed, SchemaFilter};
pub use lookup::Found;
pub use mode::IMPORT_NEEDS_EMPTY;
pub use parser::ParserLimits;
pub use profile::Profile;
pub use read::{SubjectFilter, Visibility};
pub use register::Registration;
pub use shown::Show;

use crate::{
    core::{CommitStats, Committer, Freshness, View, ViewCell},
    storage::{Storage, StorageError},
};
use dovetail_model::CompatibilityLevel;
use parser::Parser;
use texts::{Planned, Texts};

/// What every use case may use.
pub(crate) type Result<T> = std::result::Result<T, RegistryError>;

/// How a registry behaves.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The level that holds where no scope sets one.
    pub compatibility_level: CompatibilityLevel,
    /// Whether reads see everything that any node acknowledged before.
    pub linearizable: bool,
    /// How many bytes of texts are kept in memory.
    pub text_cache_bytes: u64,
    /// What is asked of new schemas where no scope says otherwise.
    pub validation: Validation,
    /// Whether modes may be changed.
    pub mode_mutability: bool,
    /// Which clients the answers are shaped for.
    pub profile: Profile,
    /// What parsing and checking may use.
    pub parser: ParserLimits,
}

/// What is asked of new schemas beside compatibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validation {
    /// Whether reserved fields are held free, and formats are read more strictly.
    pub fields: bool,
    /// Whether names and defaults must be right.
    pub new_schemas: bool,
    /// Whether everything that a schema refers to must agree on one version of each subject.
    pub reference_versions: bool,
}

impl Default for Validation {
    fn default() -> Self {
        Self {
            fields: false,
            new_schemas: true,
            reference_versions: false,
        }
    }
}

/// A running registry.
#[derive(Debug, Clone)]
pub struct Registry {
    view: Arc<ViewCell>,
    freshness: Freshness,
    committer: Committer,
    texts: Arc<Texts>,
    parser: Arc<Parser>,
    storage: Arc<dyn Storage>,
    default_level: CompatibilityLevel,
    validation: Validation,
    mode_mutability: bool,
    profile: Profile,
}

impl Registry {
    /// Loads the view and starts the tasks that keep it up to date.
    pub async fn start(
        storage: Arc<dyn Storage>,
        behaviour: &Behaviour,
        stats: Arc<dyn CommitStats>,
    ) -> std::result::Result<Self, StorageError> {
        let view = Arc::new(ViewCell::new(storage.load().await?));
        let freshness = if storage.is_shared() {
            Freshness::follow(
                Arc::clone(&storage),
                Arc::clone(&view),
                behaviour.linearizable,
            )
        } else {
            Freshness::Given
        };
        Ok(Self {
            committer: Committer::start(Arc::clone(&storage), Arc::clone(&view), stats),
            texts: Arc::new(Texts::new(Arc::clone(&storage), behaviour.text_cache_bytes)),
            parser: Arc::new(Parser::new(&behaviour.parser)),
            default_level: behaviour.compatibility_level,
            validation: behaviour.validation,
            mode_mutability: behaviour.mode_mutability,
            profile: behaviour.profile,
            view,
            freshness,
            storage,
        })
    }

    /// The view that holds everything that was acknowledged before the call.
    async fn view(&self) -> Result<Arc<View>> {
        self.freshness.ensure().await?;
        Ok(self.view.load())
    }

    /// The view as this node has it, which is new enough for what never changes.
    pub fn known_view(&self) -> Arc<View> {
        self.view.load()
    }

    /// The same registry, with texts and parsed schemas of a plan in front of what is stored.
    fn planning(&self, planned: Arc<dyn Planned>) -> Self {
        Self {
            texts: Arc::new(self.texts.behind(planned)),
            parser: Arc::new(self.parser.for_plan()),
            ..self.clone()
        }
    }

    /// Which clients the answers are shaped for.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether the database answers and the view is current.
    pub async fn ready(&self) -> std::result::Result<(), StorageError> {
        self.freshness.ensure().await?;
        self.storage.head().await.map(|_| ())
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.storage.close().await;
    }
}
