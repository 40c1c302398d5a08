//! How a reader wants to see a schema: `format`, `referenceFormat` and `findTags`.

use dovetail_compat::Format;

use super::extract::Query;
use crate::{
    http::HttpError,
    registry::{Found, Registry, Show},
};

/// A version as the query asks to see it.
pub(super) async fn show(
    registry: &Registry,
    query: &Query,
    found: Found,
) -> Result<Found, HttpError> {
    let show = Show {
        // What is no format means the canonical text, as in the protocol.
        format: query.text("format")?.and_then(Format::named),
        qualified: query
            .text("referenceFormat")?
            .is_some_and(|format| format.eq_ignore_ascii_case("qualified")),
        tags: query
            .every("findTags")
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    if show.format.is_none() && !show.qualified && show.tags.is_empty() {
        return Ok(found);
    }
    Ok(registry.show(found, &show).await?)
}
