//! `/contexts`: the namespaces.

use super::{
    extract::{Answer, Live},
    render::json,
};

/// `GET /contexts`
pub(crate) async fn list(Live(registry): Live) -> Answer {
    json(&registry.contexts().await?)
}
