//! Reading the log itself, for those who follow it.

use tokio::sync::watch;

use super::{Registry, Result};
use crate::core::Change;

impl Registry {
    /// The number of the last change that any node acknowledged before the call.
    pub async fn last_change(&self) -> Result<u64> {
        Ok(self.view().await?.seq())
    }

    /// Changes after a number, in order and without gaps; a part of them where there are many.
    pub async fn changes_after(&self, seq: u64) -> Result<Vec<Change>> {
        Ok(self.storage.changes_after(seq).await?)
    }

    /// Tells how far this node knows the log, whenever that moves.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.view.reached()
    }
}
