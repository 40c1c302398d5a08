//! A revision of the git repository around the working folder, read through the `git` program.

use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use super::tree::text;
use crate::ending::{Failure, Outcome};

/// A revision that exists.
#[derive(Debug)]
pub(crate) struct Revision {
    /// As the user wrote it.
    name: String,
    /// The tree it stands for; what the name means may change meanwhile.
    tree: String,
    root: PathBuf,
}

impl Revision {
    /// Finds a revision: a branch, a tag, a commit.
    pub(crate) fn find(name: &str) -> Outcome<Self> {
        let root = git(Path::new("."), &["rev-parse", "--show-toplevel"], None)?;
        let root = PathBuf::from(String::from_utf8_lossy(&root).trim_end());
        let wanted = format!("{name}^{{tree}}");
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ];
        let tree = git(&root, &arguments, None).map_err(|_| {
            Failure::undecided(format!("git knows no revision {name:?}")).help(
                "fetch it first; a shallow clone has only its own commit (GitHub Actions: fetch-depth: 0 of \
                 actions/checkout)",
            )
        })?;
        Ok(Self {
            name: name.to_owned(),
            tree: String::from_utf8_lossy(&tree).trim_end().to_owned(),
            root,
        })
    }

    /// As the user wrote it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The path that a file on disk has in the repository, whether it is there or not.
    pub(crate) fn path_of(&self, file: &str) -> Outcome<String> {
        let outside = || {
            Failure::usage(format!(
                "{file} lies outside the git repository {}",
                self.root.display()
            ))
        };
        let folder = std::env::current_dir().and_then(|folder| folder.canonicalize());
        let folder = folder.map_err(|error| {
            Failure::undecided(format!("the working folder cannot be found: {error}"))
        })?;
        let root = self.root.canonicalize().map_err(|_| outside())?;
        let mut parts: Vec<String> = Vec::new();
        for part in folder.join(file).components() {
            match part {
                std::path::Component::ParentDir => {
                    parts.pop();
                }
                std::path::Component::CurDir => {}
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        let path: PathBuf = parts.iter().collect();
        let inside = path.strip_prefix(&root).map_err(|_| outside())?;
        Ok(inside.to_string_lossy().replace('\\', "/"))
    }

    /// The texts of files of the revision.
    pub(super) fn read(&self, paths: &[String]) -> Outcome<Vec<Option<Arc<str>>>> {
        if let Some(path) = paths.iter().find(|path| path.contains('\n')) {
            return Err(Failure::usage(format!(
                "the path {path:?} has a line break in it"
            )));
        }
        let wanted: Vec<String> = paths
            .iter()
            .map(|path| format!("{}:{path}\n", self.tree))
            .collect();
        let wanted = wanted.concat();
        let mut answer = &git(&self.root, &["cat-file", "--batch"], Some(wanted))?[..];
        let mut texts = Vec::with_capacity(paths.len());
        for path in paths {
            texts.push(self.next(&mut answer, path)?);
        }
        Ok(texts)
    }

    /// Takes the next file from what `git cat-file --batch` says: `<id> blob <size>`, the bytes, a line's end.
    fn next(&self, answer: &mut &[u8], path: &str) -> Outcome<Option<Arc<str>>> {
        let broken = || Failure::undecided(format!("git answers nothing useful about {path}"));
        let end = answer
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        *answer = &answer[end + 1..];
        if head.ends_with(" missing") {
            return Ok(None);
        }
        let mut words = head.rsplit(' ');
        let size: usize = words
            .next()
            .and_then(|size| size.parse().ok())
            .ok_or_else(broken)?;
        let bytes = answer.get(..size).ok_or_else(broken)?.to_vec();
        *answer = answer.get(size + 1..).unwrap_or_default();
        if words.next() != Some("blob") {
            return Err(Failure::usage(format!(
                "{path} is not a file in {}",
                self.name
            )));
        }
        text(path, bytes).map(Some)
    }

    /// Every file below a folder.
    pub(super) fn below(&self, folder: &str) -> Outcome<Vec<String>> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--name-only", &self.tree];
        let folder = format!("{folder}/");
        if folder != "/" {
            arguments.extend(["--", &folder]);
        }
        let listed = git(&self.root, &arguments, None)?;
        let names = listed
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty());
        Ok(names
            .filter_map(|name| String::from_utf8(name.to_vec()).ok())
            .collect())
    }
}

/// Runs git in a folder and returns what it prints.
fn git(folder: &Path, arguments: &[&str], input: Option<String>) -> Outcome<Vec<u8>> {
    let broken = |error: std::io::Error| {
        let failure = Failure::undecided(format!("git cannot be run: {error}"));
        match error.kind() {
            ErrorKind::NotFound => failure.help("install git, or name a file or dir:PATH instead"),
            _ => failure,
        }
    };
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(broken)?;
    // Written beside reading: neither side may wait for the other with a full pipe.
    let writer =
        child.stdin.take().zip(input).map(|(mut stdin, input)| {
            std::thread::spawn(move || stdin.write_all(input.as_bytes()))
        });
    let output = child.wait_with_output().map_err(broken)?;
    if let Some(writer) = writer {
        // Where git stopped reading, its exit code says why.
        let _ = writer.join();
    }
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("fatal: ");
    Err(Failure::undecided(format!("git: {said}")))
}
