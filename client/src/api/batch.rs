//! `/api/v1/batch`: many schemas, all of them or none. Only our registry has it.

use dovetail_model::bodies::{BatchRequest, BatchResponse};

use crate::{client::Client, error::Result, http::Call};

/// How a batch is registered.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// In normal form.
    pub normalize: bool,
    /// Nothing is written, and the answer says what would come of it.
    pub dry_run: bool,
}

impl Client {
    /// Registers all of these schemas or none. References may point to what the batch itself brings. Repeating it finds what
    /// the first one did.
    pub async fn register_batch(&self, batch: &BatchRequest, how: &Batch) -> Result<BatchResponse> {
        let mut batch = batch.clone();
        for item in &mut batch.schemas {
            item.subject = self.subject(&item.subject)?.into_owned();
        }
        let call = Call::ask(&["api", "v1", "batch"])?
            .flag("normalize", how.normalize)
            .flag("dry_run", how.dry_run)
            .json(&batch)?;
        self.json(call).await
    }
}
