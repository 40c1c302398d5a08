//! `/api/v1/export` and `/api/v1/import`: whole registries. Both go bit by bit and take as long as they take, so no time
//! limit holds for them, and they are not repeated.

use std::io;

use bytes::Bytes;
use dovetail_model::bodies::ImportResponse;
use futures_util::Stream;
use reqwest::{Body, Response};

use crate::{
    client::Client,
    error::Result,
    http::{Call, broken},
};

/// An export that is being read. It is complete when its last line is `end`.
#[derive(Debug)]
pub struct Export(Response);

impl Export {
    /// What comes next; nothing at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.0.chunk().await.map_err(broken)
    }
}

impl Client {
    /// Exports everything, as lines of [`dovetail_model::bodies::ExportLine`].
    pub async fn export(&self) -> Result<Export> {
        let call = Call::get(&["api", "v1", "export"])?;
        self.open(&call, None).await.map(Export)
    }

    /// Imports an export. With `dry_run` the registry only says what would come of it.
    pub async fn import(
        &self,
        export: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        dry_run: bool,
    ) -> Result<ImportResponse> {
        let mut call = Call::ask(&["api", "v1", "import"])?.flag("dry_run", dry_run);
        call.content_type = "application/jsonl";
        let body = Body::wrap_stream(export);
        self.answer(self.open(&call, Some(body)).await?).await
    }
}
