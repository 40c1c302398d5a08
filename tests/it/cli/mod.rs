//! The command line, run as a user runs it: the built binary in a folder of its own.
//!
//! - `admin`: listing, showing, settings, deleting, starting a manifest.
//! - `baselines`: checking without a registry, against git, folders and files.
//! - `check`: what would become of schemas, and every exit code.
//! - `diff`: what changed, and why it breaks.
//! - `docs`: the snippets of `docs/ci.md`.
//! - `formats`: every output format, to the letter or by its structure.
//! - `hooks`: webhooks and the feed.
//! - `generate`: types and whole crates, compiled as a user compiles them.
//! - `pull`: the lock, the vendored texts, and what drifts.
//! - `register`: order, repetition, all or nothing.
//! - `sample`: example events.
//! - `story`: from nothing to a pull request that is refused with a readable reason.

mod admin;
mod baselines;
mod check;
mod diff;
mod docs;
mod formats;
mod generate;
mod hooks;
mod pull;
mod register;
mod sample;
mod story;

use std::{
    path::Path,
    process::{Command, Output},
};

use dovetail_tests::binary;
use serde_json::Value;
use tempfile::TempDir;

/// A folder in which commands run.
pub(crate) struct Project {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            environment: Vec::new(),
        }
    }

    /// A project whose commands speak to a registry.
    pub(crate) fn with_registry(url: &str) -> Self {
        Self::new().set("DOVETAIL_REGISTRY", url)
    }

    /// Sets a variable for every command.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders it lies in.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        let folder = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(folder).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).expect("a file can be read")
    }

    /// A program in the folder, with nothing of what the tests themselves run under that could change what it prints.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path());
        let named = std::env::vars().map(|(name, _)| name).filter(|name| {
            name.starts_with("DOVETAIL_") || name.starts_with("GITHUB_") || name.starts_with("CI_")
        });
        for name in named.chain(["NO_COLOR".to_owned()]) {
            command.env_remove(name);
        }
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Runs `dovetail`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(binary()).args(arguments).output();
        Run::of(output.expect("the binary runs"))
    }

    /// A line of shell in which `dovetail` is the binary.
    pub(crate) fn shell_command(&self, line: &str) -> Command {
        let folder = binary().parent().expect("the binary lies in a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = self.command("bash");
        command
            .args(["-euo", "pipefail", "-c", line])
            .env("PATH", format!("{}:{path}", folder.display()));
        command
    }

    /// Runs a line of shell.
    pub(crate) fn shell(&self, line: &str) -> Run {
        let output = self.shell_command(line).output();
        Run::of(output.expect("a shell runs"))
    }

    /// Runs git, which must succeed.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let output = self
            .command("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@shop.example"])
            .args([
                "-c",
                "init.defaultBranch=main",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .output()
            .expect("git runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {error}");
    }
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// The command must have ended so.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// Both outputs together must have this in them.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let said = self.out.contains(text) || self.err.contains(text);
        assert!(said, "{text:?} is not said:\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        let said = self.out.contains(text) || self.err.contains(text);
        assert!(!said, "{text:?} is said:\n{}\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}\n{}", self.out, self.err))
    }

    /// The status of each schema in a JSON report, by its name.
    #[track_caller]
    pub(crate) fn statuses(&self) -> Vec<(String, String)> {
        let report = self.json();
        let schemas = report["schemas"].as_array().expect("a list of schemas");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = |one: &Value| match &one["subject"] {
            Value::Null => text(&one["file"]),
            subject => text(subject),
        };
        schemas
            .iter()
            .map(|one| (name(one), text(&one["status"])))
            .collect()
    }
}

/// A pair of texts, for comparing with [`Run::statuses`].
pub(crate) fn pair(name: &str, status: &str) -> (String, String) {
    (name.to_owned(), status.to_owned())
}

/// An Avro record with a field a line, so that places can be told.
pub(crate) fn record(name: &str, fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("    {field}")).collect();
    format!(
        "{{\n  \"type\": \"record\", \"name\": \"{name}\", \"namespace\": \"shop\",\n  \"fields\": [\n{}\n  ]\n}}\n",
        fields.join(",\n")
    )
}

pub(crate) const ID: &str = r#"{"name": "id", "type": "string"}"#;
pub(crate) const CUSTOMER: &str = r#"{"name": "customer", "type": "string"}"#;
pub(crate) const NOTE: &str = r#"{"name": "note", "type": ["null", "string"], "default": null}"#;
