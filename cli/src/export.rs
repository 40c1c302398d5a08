//! `dovetail export`: everything a registry holds, as lines.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use dovetail_client::Client;
use dovetail_model::bodies::ExportLine;

use crate::{
    ending::{Ending, Failure, Outcome},
    registry::Connect,
    transfer::{Progress, failure},
};

/// The longest last line there can be.
const LAST_LINE: usize = 256;

/// Writes everything a registry holds to a file, one JSON object a line.
///
/// `dovetail import` takes it back, with every id, version, deletion and time as it was.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail export --registry http://127.0.0.1:8081 --out registry.jsonl
      To a file that is there whole or not at all
  dovetail export --registry https://schemas.example | zstd > registry.jsonl.zst
      To standard output")]
pub(crate) struct Export {
    /// The file to write; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    connect: Connect,
}

impl Export {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        let client = registry.client();
        registry.run(async {
            match &self.out {
                Some(path) => to_file(client, path).await,
                None => write_all(client, &mut io::stdout().lock()).await,
            }
        })?;
        Ok(Ending::Fine)
    }
}

/// A file under the final name is always complete.
async fn to_file(client: &Client, path: &Path) -> Outcome<()> {
    let failed = |error: io::Error| {
        Failure::undecided(format!("{} cannot be written: {error}", path.display()))
    };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let mut file = File::create(&part).map_err(failed)?;
    write_all(client, &mut file).await?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)
}

async fn write_all(client: &Client, out: &mut impl Write) -> Outcome<()> {
    let mut export = client.export().await.map_err(failure)?;
    let mut progress = Progress::new();
    let (mut bytes, mut tail) = (0, Vec::new());
    while let Some(chunk) = export.chunk().await.map_err(failure)? {
        let written = out.write_all(&chunk);
        written.map_err(|error| Failure::undecided(format!("cannot write: {error}")))?;
        bytes += chunk.len();
        tail.extend_from_slice(&chunk[chunk.len().saturating_sub(LAST_LINE)..]);
        tail.drain(..tail.len().saturating_sub(LAST_LINE));
        progress.show(|| format!("{bytes} bytes"));
    }
    progress.clear();
    let flushed = out.flush();
    flushed.map_err(|error| Failure::undecided(format!("cannot write: {error}")))?;
    if is_complete(&tail) {
        Ok(())
    } else {
        Err(Failure::undecided(
            "the export was cut off: it has no line \"end\"; the registry's log says why",
        ))
    }
}

fn is_complete(tail: &[u8]) -> bool {
    let tail = tail.trim_ascii_end();
    let line = tail
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    matches!(serde_json::from_slice(line), Ok(ExportLine::End(_)))
}
