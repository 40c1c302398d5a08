//! `/v1/metadata`: what tools ask of the server itself.

use serde::Serialize;

use super::{extract::Answer, render::json};

#[derive(Serialize)]
struct Identity {
    scope: Scope,
    /// Always empty, as in the protocol.
    id: &'static str,
}

#[derive(Serialize)]
struct Scope {
    path: [&'static str; 0],
    clusters: Clusters,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Clusters {
    kafka_cluster: &'static str,
    schema_registry_cluster: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Build {
    version: &'static str,
    commit_id: &'static str,
}

#[derive(Serialize)]
struct Deployment {
    attributes: [&'static str; 0],
}

/// `GET /v1/metadata/id`
pub(crate) async fn id() -> Answer {
    json(&Identity {
        scope: Scope {
            path: [],
            clusters: Clusters {
                kafka_cluster: "",
                schema_registry_cluster: "dovetail",
            },
        },
        id: "",
    })
}

/// `GET /v1/metadata/version`
pub(crate) async fn version() -> Answer {
    json(&Build {
        version: env!("CARGO_PKG_VERSION"),
        commit_id: "",
    })
}

/// `GET /v1/metadata/deployment`
pub(crate) async fn deployment() -> Answer {
    json(&Deployment { attributes: [] })
}
