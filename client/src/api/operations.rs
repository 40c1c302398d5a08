//! For those who run the registry.

use serde::{Deserialize, Serialize};

use crate::{client::Client, error::Result, http::Call};

/// What the registry says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerVersion {
    /// Its version.
    pub version: String,
    /// What it was built from.
    #[serde(default)]
    pub commit_id: String,
}

impl Client {
    /// Asks whether the registry takes requests. Any registry can be asked: the question is one for its formats.
    pub async fn ping(&self) -> Result<()> {
        self.schema_types().await.map(drop)
    }

    /// Reads the registry's version.
    pub async fn server_version(&self) -> Result<ServerVersion> {
        self.json(Call::get(&["v1", "metadata", "version"])?).await
    }
}
