//! `dovetail mode`: which writes are taken.

use clap::Args;
use dovetail_client::SetMode;
use dovetail_model::Mode as Taken;

use crate::{
    ending::{Ending, Outcome},
    output,
    registry::Connect,
};

/// Shows or changes the mode of a subject, of a context, or of the registry.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail mode
  dovetail mode orders-value --set READONLY
  dovetail mode orders-value --unset
      Inherit again")]
pub(crate) struct Mode {
    /// A subject, or a context as :.name:
    #[arg(value_name = "SUBJECT")]
    scope: Option<String>,

    /// Set the mode: READWRITE, READONLY, `READONLY_OVERRIDE`, IMPORT or FORWARD
    #[arg(long, value_name = "MODE", conflicts_with = "unset")]
    set: Option<Taken>,

    /// Set it even where there are versions, which IMPORT otherwise minds
    #[arg(long, requires = "set")]
    force: bool,

    /// Remove the mode of this scope
    #[arg(long)]
    unset: bool,

    #[command(flatten)]
    connect: Connect,
}

impl Mode {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        let client = registry.client();
        let scope = self.scope.as_deref();
        if self.unset {
            registry.ask(client.delete_mode(scope, false))?;
        }
        if let Some(mode) = self.set {
            let how = SetMode { force: self.force };
            registry.ask(client.set_mode(scope, mode, &how))?;
        }
        let mode = registry.ask(client.effective_mode(scope))?;
        output::print(&format!("{mode}\n"))?;
        Ok(Ending::Fine)
    }
}
