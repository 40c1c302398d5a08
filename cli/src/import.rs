//! `dovetail import`: an export, or another registry, into this one.

mod copy;
mod source;
mod texts;

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use clap::Args;
use dovetail_client::Client;
use dovetail_model::bodies::ImportResponse;
use futures_util::stream;

use crate::{
    ending::{Ending, Failure, Outcome},
    output::{counted, print},
    registry::Connect,
    transfer::{Progress, failure},
};

/// How much of a file is sent at once.
const CHUNK: usize = 64 * 1024;

/// Takes an export, or everything another registry holds, into a registry.
///
/// Ids, versions, soft deletions and times stay what they were. What is there already, just as it is to become, is passed
/// over, so an import that was cut short is continued by repeating it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail import registry.jsonl --registry http://127.0.0.1:8081
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

    /// The registry to copy from; a user and a password may stand in the URL, and a token in `DOVETAIL_SOURCE_TOKEN`.
    /// Authorities and a client's certificate are those of the target
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
    connect: Connect,
}

impl Import {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        let target = registry.client();
        if let Some(path) = &self.file {
            return registry.run(from_file(target, path, self.dry_run));
        }
        let url = self.from.as_deref().unwrap_or_default();
        let source = self.connect.source(url, self.from_token_file.as_ref())?;
        let options = copy::Options {
            settings: !self.schemas_only,
            dry_run: self.dry_run,
        };
        registry.run(copy::run(&source, target, options))
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
    let imported = target.import(chunks, dry_run).await.map_err(failure)?;
    print(&summary(&imported))?;
    Ok(Ending::Fine)
}

fn summary(imported: &ImportResponse) -> String {
    let done = match (imported.dry_run, imported.changes) {
        (_, 0) => "everything is there already".to_owned(),
        (true, number) => format!("{} would be made", counted(number, "change")),
        (false, number) => format!("{} made", counted(number, "change")),
    };
    format!(
        "{}, {}: {done}\n",
        counted(imported.schemas, "schema"),
        counted(imported.versions, "version")
    )
}
