//! For those who run the registry.

use std::collections::BTreeMap;

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

/// Which registry it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerId {
    /// Its own name for itself, which is usually empty.
    #[serde(default)]
    pub id: String,
    /// Where it stands.
    pub scope: ServerScope,
}

/// Where a registry stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerScope {
    /// From the outermost to the innermost; usually empty.
    #[serde(default)]
    pub path: Vec<String>,
    /// The names of its clusters, by what they are clusters of.
    #[serde(default)]
    pub clusters: BTreeMap<String, String>,
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

    /// Reads which registry it is.
    pub async fn server_id(&self) -> Result<ServerId> {
        self.json(Call::get(&["v1", "metadata", "id"])?).await
    }

    /// Reads what the registry says of how it is deployed, as words.
    pub async fn deployment(&self) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Deployment {
            #[serde(default)]
            attributes: Vec<String>,
        }
        let call = Call::get(&["v1", "metadata", "deployment"])?;
        let deployment: Deployment = self.json(call).await?;
        Ok(deployment.attributes)
    }
}
