//! The registry under measurement: the real binary, in the profile of this one.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use dovetail_tests::Database;

use crate::{load, process::Process, requests};

/// How long a start may take before something is wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running registry.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    /// From its start until it was ready.
    pub(crate) took: Duration,
}

impl Registry {
    /// Starts it and waits until it is ready.
    pub(crate) fn start(binary: &Path, database: &Database, pinned: bool) -> Self {
        Self::start_with(binary, database, pinned, &[], &[])
    }

    /// As [`Registry::start`], with more arguments and more of an environment.
    pub(crate) fn start_with(
        binary: &Path,
        database: &Database,
        pinned: bool,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = Process::command(binary, pinned);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DOVETAIL_") {
                command.env_remove(name);
            }
        }
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url"])
            .arg(database.url())
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::null());
        let began = Instant::now();
        let mut process = Process::start(&mut command);
        let address = listening_address(&mut process);
        let ready = requests::get("/health/ready");
        while load::ask(address, &ready).0 != 200 {
            assert!(began.elapsed() < PATIENCE, "the registry becomes ready");
            std::thread::sleep(Duration::from_millis(2));
        }
        Self {
            process,
            address,
            took: began.elapsed(),
        }
    }
}

/// The address in the log; the rest of the log is read and dropped.
fn listening_address(process: &mut Process) -> SocketAddr {
    let stderr = process
        .child()
        .stderr
        .take()
        .expect("standard error is piped");
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let address = lines.find_map(|line| {
        let (_, address) = line.split_once("listening on http://")?;
        address.split_whitespace().next()?.parse().ok()
    });
    std::thread::spawn(move || lines.for_each(drop));
    address.expect("the registry says where it listens")
}

/// The registry's binary: the given one, or this tree's, built by cargo in the profile of this program.
pub(crate) fn binary(given: Option<&Path>) -> PathBuf {
    if let Some(path) = given {
        return path.to_owned();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .args(["build", "--package", "dovetail", "--bin", "dovetail"])
        .args(["--message-format=json-render-diagnostics"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stderr(Stdio::inherit());
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let output = build.output().expect("cargo runs");
    assert!(output.status.success(), "cargo builds the registry");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "dovetail")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable it built")
}
