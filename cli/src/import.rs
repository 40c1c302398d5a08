//! `dovetail import`: an export, or another registry, into this one.

mod copy;
mod source;
mod texts;

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use bytes::Bytes;
use clap::Args;
use dovetail_client::Client;
use dovetail_model::bodies::ImportResponse;
use futures_util::stream;

use crate::transfer::{self, Failure, Outcome, Progress, Target};

/// How much of a file is sent at once.
const CHUNK: usize = 64 * 1024;

/// Takes an export, or everything another registry holds, into a registry.
///
/// Ids, versions, soft deletions and times stay what they were. What is there already, just as it is to become, is passed
/// over, so an import that was cut short is continued by repeating it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail import registry.jsonl
      An export of `dovetail export`; nothing is changed where something conflicts
  dovetail import --from https://schema-registry.example:8081
      Everything of another registry that speaks the Confluent protocol
  DOVETAIL_SOURCE_TOKEN=… dovetail import --from https://schemas.example --dry-run
      What would be copied, and what cannot be")]
pub(crate) struct Import {
    /// The export; `-` is standard input
    #[arg(
        value_name = "FILE",
        required_unless_present = "from",
        conflicts_with = "from"
    )]
    file: Option<PathBuf>,

    /// The registry to copy from; a user and a password may stand in the URL, and a token in `DOVETAIL_SOURCE_TOKEN`
    #[arg(
        long,
        env = "DOVETAIL_SOURCE",
        value_name = "URL",
        hide_env_values = true
    )]
    from: Option<String>,

    /// A file with the token to present to the source
    #[arg(long, value_name = "FILE", requires = "from")]
    from_token_file: Option<PathBuf>,

    /// Copy schemas and versions only, and leave configuration and modes alone
    #[arg(long, requires = "from")]
    schemas_only: bool,

    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    target: Target,
}

impl Import {
    pub(crate) fn run(self) -> ExitCode {
        transfer::run(async {
            let target = self.target.client()?;
            if let Some(path) = &self.file {
                return from_file(&target, path, self.dry_run).await;
            }
            let url = self.from.as_deref().unwrap_or_default();
            let auth = transfer::auth("DOVETAIL_SOURCE_TOKEN", self.from_token_file.as_ref());
            let source = transfer::client(url, auth)?;
            let options = copy::Options {
                settings: !self.schemas_only,
                dry_run: self.dry_run,
            };
            copy::run(&source, &target, options).await
        })
    }
}

async fn from_file(target: &Client, path: &Path, dry_run: bool) -> Outcome {
    let unreadable =
        |error: io::Error| Failure::usage(format!("{} cannot be read: {error}", path.display()));
    let file: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(unreadable)?)
    };
    let state = (file, Progress::new(), 0);
    let chunks = stream::unfold(state, async |(mut file, mut progress, sent)| {
        let mut chunk = vec![0; CHUNK];
        match file.read(&mut chunk) {
            Ok(0) => {
                progress.clear();
                None
            }
            Ok(read) => {
                chunk.truncate(read);
                let sent = sent + read;
                progress.show(|| format!("{sent} bytes sent"));
                Some((Ok(Bytes::from(chunk)), (file, progress, sent)))
            }
            Err(error) => Some((Err(error), (file, progress, sent))),
        }
    });
    print(&target.import(chunks, dry_run).await?)
}

fn print(imported: &ImportResponse) -> Outcome {
    let done = match (imported.dry_run, imported.changes) {
        (_, 0) => "everything is there already".to_owned(),
        (true, changes) => format!("{changes} changes would be made"),
        (false, changes) => format!("{changes} changes made"),
    };
    summary(&format!(
        "{} schemas, {} versions: {done}",
        imported.schemas, imported.versions
    ))
}

/// What a command came to, on standard output.
fn summary(line: &str) -> Outcome {
    writeln!(io::stdout(), "{line}")
        .map_err(|error| Failure::undecided(format!("cannot write: {error}")))
}
