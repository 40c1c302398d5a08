//! How a command ends: the exit codes, and why a command could not do what it was told.

use std::{fmt, io::Write, process::ExitCode};

/// A command that did what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing is to be said against it.
    Fine,
    /// There are findings: something is incompatible, or has drifted.
    Findings,
    /// What was asked for is no usable schema or manifest.
    Unusable,
    /// The check could not be made for some of what was asked.
    Undecided,
    /// Something differs, where the user asked to be told by the exit code.
    Changes,
}

/// Why a command could not do what it was told: what is wrong, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    help: Option<String>,
}

/// What a command comes to.
pub(crate) type Outcome<T = Ending> = Result<T, Failure>;

const FINDINGS: u8 = 100;
const UNDECIDED: u8 = 101;
const BAD_USAGE: u8 = 2;
const CHANGES: u8 = 3;

impl Failure {
    /// Bad usage, a bad manifest or a bad schema.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(BAD_USAGE, message)
    }

    /// It could not be found out: network, rights, or a baseline that cannot be read.
    pub(crate) fn undecided(message: impl fmt::Display) -> Self {
        Self::new(UNDECIDED, message)
    }

    /// The registry refused what was asked for, after the check: somebody else was faster.
    pub(crate) fn refused(message: impl fmt::Display) -> Self {
        Self::new(FINDINGS, message)
    }

    fn new(code: u8, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
            help: None,
        }
    }

    /// Adds what to do about it.
    pub(crate) fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// Whether it could not be found out, rather than being asked wrongly.
    pub(crate) const fn is_undecided(&self) -> bool {
        self.code == UNDECIDED
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// The exit code of a command, after saying on standard error why it failed.
pub(crate) fn exit_code(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(Ending::Fine) => ExitCode::SUCCESS,
        Ok(Ending::Findings) => FINDINGS.into(),
        Ok(Ending::Unusable) => BAD_USAGE.into(),
        Ok(Ending::Undecided) => UNDECIDED.into(),
        Ok(Ending::Changes) => CHANGES.into(),
        Err(failure) => {
            // Where standard error is gone, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "dovetail: {failure}");
            failure.code.into()
        }
    }
}
