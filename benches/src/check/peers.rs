//! Other implementations of Avro's check: each a small program in `benches/peers/` that gets the same texts and prints its
//! CPU time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{Case, Peers};
use crate::Extent;

/// What those that are at hand need for one pass over all versions.
pub(super) fn measure(
    case: &Case,
    peers: &Peers,
    extent: &Extent,
) -> Vec<(&'static str, Duration)> {
    if peers.avro_python.is_none() && peers.avro_java.is_none() {
        return Vec::new();
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = write(case, folder.path());
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let java = peers.avro_java.as_ref().map(|class_path| {
        let mut command = Command::new("java");
        command.args(["--class-path", class_path]);
        command.arg(programs.join("Compare.java"));
        ("Java", command)
    });
    let python = peers.avro_python.as_ref().map(|python| {
        let mut command = Command::new(python);
        command.arg(programs.join("compare.py"));
        ("Python", command)
    });
    [java, python]
        .into_iter()
        .flatten()
        .map(|(name, command)| (name, run(name, command, &files, extent)))
        .collect()
}

/// The new version's file, and then those of the earlier ones.
fn write(case: &Case, folder: &Path) -> Vec<PathBuf> {
    let texts = std::iter::once(&case.new).chain(&case.previous);
    texts
        .enumerate()
        .map(|(number, text)| {
            let file = folder.join(format!("{number}.avsc"));
            fs::write(&file, text).expect("a file can be written");
            file
        })
        .collect()
}

fn run(name: &str, mut command: Command, files: &[PathBuf], extent: &Extent) -> Duration {
    command
        .arg(extent.check.as_millis().to_string())
        .args(files);
    let output = command.output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let nanoseconds = text.trim().parse().unwrap_or_else(|_| {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{name} says {text:?}: {errors}")
    });
    Duration::from_nanos(nanoseconds)
}
