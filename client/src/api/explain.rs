//! `/api/v1/explain`: what a change means. Only our registry has it.

use dovetail_model::bodies::ExplainRequest;

use crate::{bodies::Explanation, client::Client, error::Result, http::Call};

impl Client {
    /// Explains a change: every difference, whom it breaks, why, and where possible a value that really breaks.
    pub async fn explain(&self, change: &ExplainRequest) -> Result<Explanation> {
        let call = Call::ask(&["api", "v1", "explain"])?.json(change)?;
        self.json(call).await
    }
}
