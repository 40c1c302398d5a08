//! `dovetail events`: what changed, in order.

use std::{
    io::{ErrorKind, Write},
    time::Duration,
};

use clap::Args;
use dovetail_client::{Client, Error, ReadEvents};
use serde_json::Value;

use crate::{
    ending::{Ending, Failure, Outcome},
    registry::{Connect, failure, refusal},
};

/// How long the registry is asked to wait for an event; below the time limit of a request.
const WAIT: Duration = Duration::from_secs(5);

/// How long to wait before a registry that does not answer is asked again.
const PAUSE: Duration = Duration::from_secs(2);

/// Prints what changed as CloudEvents, one JSON object a line.
///
/// `sequence` of the last event that was worked on is what to begin after the next time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail events
      Everything that ever changed
  dovetail events --after 31 --follow
      What came after event 31, and what is to come, until it is interrupted
  dovetail events --types schema.version.registered --subjects 'orders-*'")]
pub(crate) struct Events {
    /// Begin after the event of this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,

    /// Only these types, by their short or full names
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,

    /// Only these subjects; a * at the end stands for any rest
    #[arg(long, value_name = "SUBJECT", value_delimiter = ',')]
    subjects: Vec<String>,

    /// Wait for what is to come; where the registry goes away, go on when it is back
    #[arg(long)]
    follow: bool,

    #[command(flatten)]
    connect: Connect,
}

impl Events {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        let read = ReadEvents {
            after: self.after,
            wait: if self.follow { WAIT } else { Duration::ZERO },
            types: self.types,
            subjects: self.subjects,
        };
        registry.run(print_from(registry.client(), read, self.follow))
    }
}

async fn print_from(client: &Client, mut read: ReadEvents, follow: bool) -> Outcome {
    // A registry that never answered is more likely a wrong URL than one that restarts.
    let mut has_answered = false;
    loop {
        let page = match client.events(&read).await {
            Ok(page) => page,
            Err(error) if follow && has_answered && error.is_retryable() => {
                say_again(&error);
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            Err(error) => return Err(refusal(&error).unwrap_or_else(|| failure(&error))),
        };
        has_answered = true;
        if !print(&page.events)? {
            return Ok(Ending::Fine);
        }
        if page.next == read.after && !follow {
            return Ok(Ending::Fine);
        }
        read.after = page.next;
    }
}

/// Prints events. False where nobody reads any more.
fn print(events: &[Value]) -> Outcome<bool> {
    let mut lines = String::new();
    for event in events {
        lines.push_str(&event.to_string());
        lines.push('\n');
    }
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(lines.as_bytes());
    match written.and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::undecided(format!(
            "cannot write to standard output: {error}"
        ))),
    }
}

fn say_again(error: &Error) {
    let _ = writeln!(std::io::stderr(), "dovetail: {error}; trying again");
}
