//! A secret that somebody brings: from a file or standard input, never from the command line, where everybody on the machine
//! reads it.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::Args;

use crate::ending::{Failure, Outcome};

/// More than any secret has.
const MAX_BYTES: u64 = 4096;

#[derive(Debug, Args)]
pub(super) struct SecretFile {
    /// Take the secret from this file, `whsec_` or `whsk_` and base64; - is standard input. It is not printed then
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl SecretFile {
    /// The secret, without what surrounds it; `None` where the registry is to make one.
    pub(super) fn read(&self) -> Outcome<Option<String>> {
        let Some(file) = &self.secret_file else {
            return Ok(None);
        };
        let text = text(file).map_err(|error| {
            Failure::usage(format!(
                "the secret in {} cannot be read: {error}",
                file.display()
            ))
        })?;
        let secret = text.trim();
        if secret.is_empty() {
            return Err(Failure::usage(format!(
                "{} holds no secret",
                file.display()
            )));
        }
        Ok(Some(secret.to_owned()))
    }
}

fn text(file: &Path) -> io::Result<String> {
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file)?)
    };
    let mut text = String::new();
    source.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}
