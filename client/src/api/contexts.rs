//! `/contexts`: the namespaces of subjects.

use reqwest::Method;

use crate::{
    client::Client,
    error::Result,
    http::{Call, Repeat},
};

impl Client {
    /// Lists contexts with their leading dots, the default one first.
    pub async fn contexts(&self) -> Result<Vec<String>> {
        self.json(Call::get(&["contexts"])?).await
    }

    /// Lists the contexts whose names begin like this, with their leading dots.
    pub async fn contexts_like(&self, prefix: &str) -> Result<Vec<String>> {
        let call = Call::get(&["contexts"])?.option("contextPrefix", Some(prefix));
        self.json(call).await
    }

    /// Deletes a context with its settings. It must be empty; one that is not there is as good as deleted.
    pub async fn delete_context(&self, context: &str) -> Result<()> {
        let segments = ["contexts", context];
        let call = Call::new(Method::DELETE, &segments, Repeat::Safe)?;
        self.text(call).await.map(drop)
    }
}
