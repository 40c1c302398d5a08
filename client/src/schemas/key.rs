//! What a schema is asked for by.

use std::sync::Arc;

use dovetail_model::{SchemaId, Version, bodies::RegisterRequest};
use uuid::Uuid;

/// Subjects are qualified, and ids go with their context: either means something in one context only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Id(Option<Arc<str>>, SchemaId),
    Guid(Uuid),
    Version(Arc<str>, Version),
    Latest(Arc<str>),
    LookUp(Arc<str>, Arc<RegisterRequest>),
    Register(Arc<str>, Arc<RegisterRequest>),
}

impl Key {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        64 + match self {
            Self::Id(..) | Self::Guid(_) => 0,
            Self::Version(subject, _) | Self::Latest(subject) => subject.len(),
            Self::LookUp(subject, request) | Self::Register(subject, request) => {
                let text = request.schema.as_ref().map_or(0, String::len);
                subject.len() + text + request.references.len() * 128
            }
        }
    }
}
