//! Twins: a schema that comes with everything written out is the one that was registered with references. Serializers send
//! it so, because the classes they are generated from know nothing of references.

use dovetail_compat::Format;
use dovetail_model::{SchemaId, SchemaType};

use super::{Registry, Result, candidate::Candidate};
use crate::core::{SubjectView, View};

impl Registry {
    /// The newest schema of a subject that is this one when its references are written out.
    pub(super) async fn twin(
        &self,
        view: &View,
        holder: &SubjectView,
        candidate: &Candidate,
        deleted: bool,
    ) -> Result<Option<SchemaId>> {
        let is_whole = candidate.references.is_empty() && !candidate.has_extras();
        if !is_whole || candidate.parsed.schema.schema_type() != SchemaType::Avro {
            return Ok(None);
        }
        let visible = holder
            .versions()
            .iter()
            .rev()
            .filter(|entry| deleted || !entry.deleted);
        for entry in visible {
            let stored = view.schema_of(&candidate.subject.context, entry);
            if stored.is_none_or(|stored| stored.references.is_empty()) {
                continue;
            }
            let schema = self.parsed(view, &candidate.subject, entry).await?;
            let written_out = self
                .parser
                .run(move || schema.formatted(Format::Resolved).ok().flatten())
                .await?;
            if written_out.as_ref() == Some(&candidate.parsed.canonical) {
                return Ok(Some(entry.id));
            }
        }
        Ok(None)
    }
}
