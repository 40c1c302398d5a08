//! `/mode`: which writes are taken. Scopes are those of the settings.

use dovetail_model::Mode;
use serde_json::json;

use super::config::ScopePath;
use crate::{
    bodies::mode_of,
    client::Client,
    error::{Error, Kind, Result},
    http::Call,
};

/// How a mode is set.
#[derive(Debug, Clone, Default)]
pub struct SetMode {
    /// Even where there are versions, which import mode otherwise minds.
    pub force: bool,
}

impl Client {
    /// Reads the mode of a scope itself.
    pub async fn mode(&self, scope: Option<&str>) -> Result<Mode> {
        self.one_mode(Call::get(&self.mode_path(scope)?.segments())?)
            .await
    }

    /// Reads the mode that holds for a scope, its own or an inherited one.
    pub async fn effective_mode(&self, scope: Option<&str>) -> Result<Mode> {
        let call = Call::get(&self.mode_path(scope)?.segments())?.flag("defaultToGlobal", true);
        self.one_mode(call).await
    }

    /// Sets the mode of a scope.
    pub async fn set_mode(&self, scope: Option<&str>, mode: Mode, how: &SetMode) -> Result<Mode> {
        let call = Call::put(&self.mode_path(scope)?.segments())?
            .flag("force", how.force)
            .json(&json!({ "mode": mode.as_str() }))?;
        self.one_mode(call).await
    }

    /// Removes the mode of a scope, and of everything in it where that is asked for. Answers what it was, if it was set.
    pub async fn delete_mode(&self, scope: Option<&str>, recursive: bool) -> Result<Option<Mode>> {
        let call = Call::delete(&self.mode_path(scope)?.segments())?.flag("recursive", recursive);
        mode_of(&self.json(call).await?)
    }

    async fn one_mode(&self, call: Call) -> Result<Mode> {
        let mode = mode_of(&self.json(call).await?)?;
        mode.ok_or_else(|| Error::new(Kind::Answer("it has no mode".into())))
    }

    fn mode_path(&self, scope: Option<&str>) -> Result<ScopePath> {
        Ok(ScopePath {
            resource: "mode",
            scope: self.scope(scope)?,
        })
    }
}
