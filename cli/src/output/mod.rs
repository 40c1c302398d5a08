//! How reports are printed. Each format is a file with one function from a report to text.
//!
//! Results go to standard output, in the format that was asked for; everything else goes to standard error. To add a
//! format: a variant of [`Format`], its file, its line in [`Output::print`], and its golden test.

mod excerpt;
mod github;
mod gitlab;
mod json;
mod junit;
mod paint;
mod paths;
mod sarif;
mod text;

use std::{
    fmt,
    io::{IsTerminal, Write},
};

use clap::{Args, ValueEnum};

pub(crate) use json::report as json;
pub(crate) use paint::Paint;
pub(crate) use text::findings as text_of_findings;

use crate::{
    ending::{Failure, Outcome},
    report::Report,
};

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs; the shape is in docs/cli.md
    Json,
    /// Annotations of GitHub Actions, before the text
    Github,
    /// A GitLab code quality report
    Gitlab,
    /// XML of test results, as JUnit has it
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

/// The options of every command that prints a report.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// How the result is printed [default: text; github where `GITHUB_ACTIONS` is set]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
}

impl Output {
    /// The format asked for, or the one that fits where this runs.
    pub(crate) fn format(&self) -> Format {
        let in_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        self.format.unwrap_or(if in_github {
            Format::Github
        } else {
            Format::Text
        })
    }

    /// Prints a report.
    pub(crate) fn print(&self, report: &Report) -> Outcome<()> {
        let paint = Paint::for_stdout();
        print(&match self.format() {
            Format::Text => text::report(report, paint),
            Format::Json => json(report),
            Format::Github => github::report(report) + &text::report(report, paint),
            Format::Gitlab => gitlab::report(report),
            Format::Junit => junit::report(report),
            Format::Sarif => sarif::report(report),
        })
    }
}

/// A number of things: "1 schema", "2 schemas".
pub(crate) fn counted<T: Copy + fmt::Display + From<u8> + PartialEq>(
    number: T,
    thing: &str,
) -> String {
    let many = if number == T::from(1) { "" } else { "s" };
    format!("{number} {thing}{many}")
}

/// Writes a result to standard output. A reader that has had enough, such as `head`, is no error.
pub(crate) fn print(text: &str) -> Outcome<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::undecided(
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Tells people who watch what is going on, on a line that the next one replaces. Nothing where standard error is no
/// terminal.
pub(crate) fn progress(text: &str) {
    let mut stderr = std::io::stderr().lock();
    if stderr.is_terminal() {
        let _ = write!(stderr, "\r\x1b[2K{text}");
        let _ = stderr.flush();
    }
}

/// Tells what one should know although it went well: a line on standard error, wherever that goes.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "warning: {text}");
}

/// JSON as it is printed everywhere: indented, with a line's end.
pub(crate) fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("reports have text keys only") + "\n"
}
