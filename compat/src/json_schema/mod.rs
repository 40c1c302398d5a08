//! JSON Schema: drafts 4, 6, 7, 2019-09 and 2020-12, compared by the rules of the protocol's reference.
//!
//! A text becomes a [`JsonSchema`] (`parse.rs`): its references are found in `documents.rs`, and all drafts are
//! translated to one `model.rs`. The `walk/` pairs up two models and reports what differs; `rules.rs` says whom that
//! breaks. The other files answer one small question each.
//!
//! To add a keyword: a field in `model.rs`, its reading in `translate/`, its rows in `rules.rs`, its comparison in the
//! file of its family in `walk/`, and a case for each row.

mod canonical;
mod decimal;
mod documents;
mod draft;
mod location;
mod mentions;
mod model;
mod parse;
mod pattern;
mod place;
mod rules;
mod tags;
mod text;
mod translate;
mod uri;
mod value_key;
mod walk;
mod witness;

pub(crate) use mentions::mentions;
pub(crate) use parse::JsonSchema;
pub(crate) use rules::RULES;
pub(crate) use tags::visit_places;
pub(crate) use walk::differences;
pub(crate) use witness::{containment, sample, witness};
