//! What `export` and `import` share: the registry they speak to, how far they are, and how they end.

use std::{
    fmt,
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use dovetail_client::{Auth, Client, Error};

/// Something conflicts, or cannot be taken over.
const FINDINGS: u8 = 100;
/// The registry cannot be asked.
const UNDECIDED: u8 = 101;
const BAD_USAGE: u8 = 2;

/// How often the progress is shown.
const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// The registry at this end.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The registry's URL
    #[arg(
        long,
        env = "DOVETAIL_REGISTRY",
        value_name = "URL",
        default_value = "http://127.0.0.1:8081",
        hide_env_values = true
    )]
    registry: String,

    /// A file with the token to present; `DOVETAIL_TOKEN` may hold the token itself
    #[arg(long, env = "DOVETAIL_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// Why a command could not do what it was told.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Target {
    pub(crate) fn client(&self) -> Outcome<Client> {
        let auth = auth("DOVETAIL_TOKEN", self.token_file.as_ref());
        client(&self.registry, auth)
    }
}

/// A token from the environment, or from a file. It is never an argument: those are visible to everybody on the machine.
pub(crate) fn auth(variable: &str, file: Option<&PathBuf>) -> Auth {
    let token = std::env::var(variable).unwrap_or_default();
    match file {
        _ if !token.is_empty() => Auth::bearer(token),
        Some(file) if !file.as_os_str().is_empty() => Auth::token_file(file),
        _ => Auth::None,
    }
}

/// A client for a URL; a user and a password in it count where there is no token.
pub(crate) fn client(url: &str, auth: Auth) -> Outcome<Client> {
    let builder = Client::builder(url);
    let builder = match auth {
        Auth::None => builder,
        auth => builder.auth(auth),
    };
    builder.build().map_err(Failure::usage)
}

impl Failure {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(BAD_USAGE, message)
    }

    pub(crate) fn undecided(message: impl fmt::Display) -> Self {
        Self::new(UNDECIDED, message)
    }

    pub(crate) fn findings(message: impl fmt::Display) -> Self {
        Self::new(FINDINGS, message)
    }

    fn new(code: u8, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }
}

impl From<Error> for Failure {
    /// What a registry refuses is a finding; where it cannot be asked, or is none, nothing is known.
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            message = format!("{message}: {inner}");
            cause = inner.source();
        }
        if error.is_auth() {
            message.push_str(
                "\n  help: pass a token in DOVETAIL_TOKEN (DOVETAIL_SOURCE_TOKEN for the source)",
            );
        } else if error.is_unreachable() {
            message.push_str("\n  help: check the URL, and that the registry runs");
        }
        match error.status() {
            Some(409 | 422) => Self::findings(message),
            _ if error.is_usage() => Self::usage(message),
            _ => Self::undecided(message),
        }
    }
}

/// Runs a command to its end, and says on standard error why it failed.
pub(crate) fn run(work: impl Future<Output = Outcome>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(Failure::undecided(format!("cannot start: {error}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

/// A line on standard error. Where that is gone, the exit code still tells.
pub(crate) fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "dovetail: {message}");
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
