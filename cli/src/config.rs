//! `dovetail config`: what new versions owe to earlier ones.

use clap::Args;
use dovetail_client::ConfigChange;
use dovetail_model::{CompatibilityLevel, bodies::Config as Settings};

use crate::{
    diff::Form,
    ending::{Ending, Outcome},
    output,
    registry::Connect,
};

/// Shows or changes the settings of a subject, of a context, or of the registry.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail config
      What holds where nothing else is said
  dovetail config orders-value
      What holds for a subject, inherited or not
  dovetail config orders-value --level FULL_TRANSITIVE
  dovetail config orders-value --unset
      Inherit again")]
pub(crate) struct Config {
    /// A subject, or a context as :.name:
    #[arg(value_name = "SUBJECT")]
    scope: Option<String>,

    /// Set the level: NONE, BACKWARD, FORWARD, FULL, or one of the last three with _TRANSITIVE
    #[arg(long, value_name = "LEVEL", conflicts_with = "unset")]
    level: Option<CompatibilityLevel>,

    /// Set whether schemas are normalized before they are registered and looked up
    #[arg(long, value_name = "true|false", conflicts_with = "unset")]
    normalize: Option<bool>,

    /// Remove the settings of this scope
    #[arg(long)]
    unset: bool,

    /// How the result is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Form,

    #[command(flatten)]
    connect: Connect,
}

impl Config {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        let client = registry.client();
        let scope = self.scope.as_deref();
        if self.unset {
            registry.ask(client.delete_config(scope))?;
        }
        if self.level.is_some() || self.normalize.is_some() {
            let change = ConfigChange::setting(&Settings {
                compatibility_level: self.level,
                normalize: self.normalize,
                ..Settings::default()
            });
            registry.ask(client.change_config(scope, &change))?;
        }
        let config = registry.ask(client.effective_config(scope))?;
        output::print(&match self.format {
            Form::Json => output::pretty(&config),
            Form::Text => text(&config),
        })?;
        Ok(Ending::Fine)
    }
}

fn text(config: &Settings) -> String {
    let level = config.compatibility_level.unwrap_or_default();
    let mut lines = vec![format!("level      {level}\n")];
    lines.extend(config.compatibility_policy.map(|policy| {
        let policy = format!("{policy:?}").to_uppercase();
        format!("policy     {policy}\n")
    }));
    let group = config.compatibility_group.as_ref();
    lines.extend(group.map(|group| format!("group      {group}\n")));
    let normalize = config.normalize;
    lines.extend(normalize.map(|normalize| format!("normalize  {normalize}\n")));
    lines.concat()
}
