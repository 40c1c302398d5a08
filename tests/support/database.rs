//! A database for a test: its own file, or its own database on a throwaway server.

use std::{path::PathBuf, sync::Arc};

use tempfile::TempDir;

use crate::Cluster;

/// An empty database. Copies stand for the same one.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
    /// The folder of the file; it goes with the last copy.
    folder: Option<Arc<TempDir>>,
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("dovetail-test-")
            .tempdir()
            .expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("dovetail.db").display());
        Self {
            url,
            folder: Some(Arc::new(folder)),
        }
    }

    /// A database on the server that tests share.
    pub async fn postgres() -> Self {
        Self {
            url: Cluster::shared().database().await,
            folder: None,
        }
    }

    /// A database on a server of the test's own.
    pub async fn on(cluster: &Cluster) -> Self {
        Self {
            url: cluster.database().await,
            folder: None,
        }
    }

    /// A database at a URL, which may be anywhere, or nowhere.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            folder: None,
        }
    }

    /// Its URL, as `--database-url` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is a file.
    pub fn is_file(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// Its file, where it is one.
    pub fn file(&self) -> Option<PathBuf> {
        self.folder
            .as_ref()
            .map(|folder| folder.path().join("dovetail.db"))
    }
}
