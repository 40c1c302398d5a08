//! `dovetail sample`: example events of a schema.

use std::io::Write as _;

use base64::Engine as _;
use clap::{Args, ValueEnum};
use dovetail_compat::sample::Sampler;

use crate::{
    ending::{Ending, Failure, Outcome},
    judge::parsed,
    registry::Connect,
    source::{SOURCES, Source},
};

/// Prints valid example events of a schema. The same seed gives the same events.
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  dovetail sample orders-value --count 3
      Of the latest version, a line of JSON each
  dovetail sample schemas/order.avsc --seed 7
  dovetail sample orders-value@2 --encoding hex
      The bytes on the wire, without any frame

{SOURCES}"))]
pub(crate) struct Sample {
    /// A subject, whose latest version is meant, or a schema
    #[arg(value_name = "SUBJECT|SCHEMA")]
    schema: String,

    /// How many events
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u32,

    /// Other events for another number
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// How events are printed
    #[arg(long, value_enum, value_name = "ENCODING", default_value = "json")]
    encoding: Encoding,

    /// The message of a Protobuf schema, by its full name [default: the first one]
    #[arg(long, value_name = "NAME")]
    message: Option<String>,

    #[command(flatten)]
    connect: Connect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    /// A line each: Avro's JSON encoding, Protobuf's JSON mapping, or the document itself
    Json,
    /// The bytes on the wire, in hexadecimal, a line each
    Hex,
    /// The bytes on the wire, in base64, a line each
    Base64,
    /// The bytes on the wire as they are; only of one event, since nothing stands between them
    Raw,
}

impl Sample {
    pub(crate) fn run(self) -> Outcome {
        if self.encoding == Encoding::Raw && self.count != 1 {
            return Err(
                Failure::usage("raw bytes of several events cannot be told apart")
                    .help("print one with --count 1, or use --encoding hex or base64"),
            );
        }
        let source = match Source::parse(&self.schema)? {
            Source::File(name) if !std::path::Path::new(&name).exists() => {
                Source::parse(&format!("{name}@latest"))?
            }
            source => source,
        };
        let loaded = source.load(&self.connect, None)?;
        let schema = parsed(&loaded).map_err(|finding| {
            Failure::usage(format!("{} is no schema: {}", loaded.name, finding.message))
        })?;
        let mut sampler = Sampler::new(&schema, self.seed);
        if let Some(message) = &self.message {
            sampler = sampler.of_message(message);
        }
        let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
        for _ in 0..self.count {
            let event = sampler
                .draw()
                .map_err(|error| Failure::usage(format!("{}: {error}", loaded.name)))?;
            let written = match self.encoding {
                Encoding::Json => writeln!(stdout, "{}", event.value),
                Encoding::Hex => writeln!(stdout, "{}", hex(&event.bytes)),
                Encoding::Base64 => {
                    let text = base64::prelude::BASE64_STANDARD.encode(&event.bytes);
                    writeln!(stdout, "{text}")
                }
                Encoding::Raw => stdout.write_all(&event.bytes),
            };
            if is_over(written)? {
                return Ok(Ending::Fine);
            }
        }
        is_over(stdout.flush())?;
        Ok(Ending::Fine)
    }
}

/// Whether the reader has had enough; it is no error of ours.
fn is_over(written: std::io::Result<()>) -> Outcome<bool> {
    match written {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(true),
        Err(error) => Err(Failure::undecided(format!(
            "cannot write to standard output: {error}"
        ))),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
