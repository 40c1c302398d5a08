//! Whole registries, from any reader and chunk by chunk.

use std::io::{self, Read};

use bytes::Bytes;
use dovetail_model::bodies::ImportResponse;
use futures_util::{Stream, stream};
use tokio::task::spawn_blocking;

use super::Client;
use crate::error::Result;

/// How much is read at once.
const CHUNK: u64 = 64 * 1024;

/// As [`crate::Export`].
#[derive(Debug)]
pub struct Export {
    export: crate::Export,
    client: Client,
}

impl Export {
    /// What comes next; nothing at the end.
    pub fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.client.wait(self.export.chunk())
    }
}

impl Client {
    /// As [`crate::Client::export`].
    pub fn export(&self) -> Result<Export> {
        let export = self.wait(self.client.export())?;
        let client = self.clone();
        Ok(Export { export, client })
    }

    /// As [`crate::Client::import`], from a file or anything else that can be read.
    pub fn import(
        &self,
        export: impl Read + Send + 'static,
        dry_run: bool,
    ) -> Result<ImportResponse> {
        self.wait(self.client.import(chunks(export), dry_run))
    }
}

/// What a reader holds. It is read where it may block.
fn chunks<R: Read + Send + 'static>(
    reader: R,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::unfold(Some(reader), |reader| async move {
        let mut reader = reader?;
        let read = spawn_blocking(move || {
            let mut chunk = Vec::new();
            let read = reader.by_ref().take(CHUNK).read_to_end(&mut chunk);
            (read.map(|_| chunk), reader)
        });
        match read.await {
            Ok((Ok(chunk), _)) if chunk.is_empty() => None,
            Ok((Ok(chunk), reader)) => Some((Ok(Bytes::from(chunk)), Some(reader))),
            Ok((Err(error), _)) => Some((Err(error), None)),
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    })
}
