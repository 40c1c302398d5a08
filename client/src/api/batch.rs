//! `/api/v1/batch`: many schemas together. Only our registry has it.

use dovetail_model::bodies::{BatchRequest, BatchResponse};

use crate::{client::Client, error::Result, http::Call};

/// How a batch is registered.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Each schema in its normal form.
    pub normalize: bool,
    /// Only says what would come of it; nothing is written, and what is incompatible is an answer and no error.
    pub dry_run: bool,
}

impl Client {
    /// Registers schemas together, all of them or none. Sending it twice does what sending it once does.
    pub async fn batch(&self, schemas: &BatchRequest, how: &Batch) -> Result<BatchResponse> {
        let call = Call::ask(&["api", "v1", "batch"])?
            .flag("normalize", how.normalize)
            .flag("dry_run", how.dry_run)
            .json(schemas)?;
        self.json(call).await
    }
}
