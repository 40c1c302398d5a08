//! What `export` and `import` share: what a refusal means to them, and how far they are.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use dovetail_client::Error;

use crate::{ending::Failure, registry};

/// How often the progress is shown.
const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// What the registry refuses to take over is a finding, as a conflict is; of anything else nothing is known.
pub(crate) fn failure(error: Error) -> Failure {
    match error.status() {
        Some(409 | 422) => Failure::refused(error),
        _ => registry::failure(&error),
    }
}

/// The same of the registry that is copied from, which has a token of its own.
pub(crate) fn failure_of_source(error: Error) -> Failure {
    let is_auth = error.is_auth();
    let failure = failure(error);
    if is_auth {
        failure.help("set DOVETAIL_SOURCE_TOKEN, or pass --from-token-file FILE, for the registry that is copied from")
    } else {
        failure
    }
}

/// How far a command is, on a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: Option<Instant>,
    is_terminal: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            shown: None,
            is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Shows a line in place of the last one, unless that was only just shown.
    pub(crate) fn show(&mut self, line: impl FnOnce() -> String) {
        let is_due = self
            .shown
            .is_none_or(|shown| shown.elapsed() >= SHOWN_EVERY);
        if self.is_terminal && is_due {
            self.shown = Some(Instant::now());
            let _ = write!(std::io::stderr(), "\r\x1b[K{}", line());
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
