//! `/contexts`: the namespaces of subjects.

use crate::{client::Client, error::Result, http::Call};

impl Client {
    /// Lists contexts with their leading dots, the default one first.
    pub async fn contexts(&self) -> Result<Vec<String>> {
        self.json(Call::get(&["contexts"])?).await
    }
}
