//! `/config`: what new versions owe to earlier ones.
//!
//! A scope is a subject, a context as `:.context:`, or nothing, which is the context the client is in.

use dovetail_model::bodies::Config;

use crate::{
    bodies::{ConfigChange, config_of},
    client::Client,
    error::Result,
    http::Call,
};

impl Client {
    /// Reads the settings of a scope itself.
    pub async fn config(&self, scope: Option<&str>) -> Result<Config> {
        config_of(
            self.json(Call::get(&self.config_path(scope)?.segments())?)
                .await?,
        )
    }

    /// Reads the settings that hold for a scope, its own and inherited ones.
    pub async fn effective_config(&self, scope: Option<&str>) -> Result<Config> {
        let call = Call::get(&self.config_path(scope)?.segments())?.flag("defaultToGlobal", true);
        config_of(self.json(call).await?)
    }

    /// Changes the settings of a scope, and answers what the registry answers: what is set afterwards.
    pub async fn change_config(
        &self,
        scope: Option<&str>,
        change: &ConfigChange,
    ) -> Result<Config> {
        let call = Call::put(&self.config_path(scope)?.segments())?.json(change)?;
        config_of(self.json(call).await?)
    }

    /// Removes the settings of a scope, and answers what they were.
    pub async fn delete_config(&self, scope: Option<&str>) -> Result<Config> {
        config_of(
            self.json(Call::delete(&self.config_path(scope)?.segments())?)
                .await?,
        )
    }

    fn config_path(&self, scope: Option<&str>) -> Result<ScopePath> {
        Ok(ScopePath {
            resource: "config",
            scope: self.scope(scope)?,
        })
    }
}

/// The path of a scope's settings or mode.
pub(super) struct ScopePath {
    pub(super) resource: &'static str,
    pub(super) scope: Option<String>,
}

impl ScopePath {
    pub(super) fn segments(&self) -> Vec<&str> {
        let scope = self.scope.as_deref();
        std::iter::once(self.resource).chain(scope).collect()
    }
}
