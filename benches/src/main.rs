//! The load figures of the registry, each measured beside its ceiling, in one run: `cargo run --release -p dovetail-benches`.
//!
//! Absolute figures mean little away from the machine they were taken on, so every one is a ratio to something that does the
//! least possible for the same result: a bare axum handler, or a loop of one-row commits on the same database. Rounds of ours
//! and of the ceiling alternate, and the median of their ratios counts. `docs/benchmarks.md` says how to read the table.
//!
//! To add a figure: a function in the file of its subject that returns [`table::Row`]s, and a line in [`measure`].

mod bare;
mod check;
mod database;
mod load;
mod process;
mod reads;
mod registry;
mod requests;
mod start;
mod table;
mod webhooks;
mod writes;

use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand, ValueEnum};
use dovetail_tests::{Cluster, Database};

use crate::table::Row;

/// Measures the registry beside its ceilings and prints one table.
#[derive(Debug, Parser)]
#[command(name = "dovetail-benches", max_term_width = 100)]
struct Arguments {
    /// A smoke run of a few seconds: everything is exercised, no figure means anything
    #[arg(long)]
    quick: bool,

    /// Also start with 1,000,000 schemas
    #[arg(long)]
    million: bool,

    /// Leave PostgreSQL out
    #[arg(long)]
    sqlite_only: bool,

    /// Measure only these
    #[arg(long, value_delimiter = ',')]
    only: Vec<Subject>,

    /// Measure this `dovetail` instead of the one in this tree
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,

    #[command(flatten)]
    peers: check::Peers,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Be the ceiling: a bare axum server that answers from a file
    #[command(hide = true)]
    Bare { answers: PathBuf },
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    Reads,
    Writes,
    Start,
    Check,
    Webhooks,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Rounds of ours and of the ceiling, alternating.
    rounds: usize,
    /// How long a round takes.
    round: Duration,
    /// How many schemas are read.
    schemas: usize,
    /// How often each start is timed.
    starts: usize,
    /// How much CPU time each check is given.
    check: Duration,
    /// How many changes are told of, one after the other.
    events: usize,
    /// How many webhooks each change is owed to.
    crowd: usize,
}

const FULL: Extent = Extent {
    rounds: 7,
    round: Duration::from_secs(2),
    schemas: 1000,
    starts: 3,
    check: Duration::from_millis(400),
    events: 300,
    crowd: 1000,
};

const QUICK: Extent = Extent {
    rounds: 1,
    round: Duration::from_millis(300),
    schemas: 50,
    starts: 1,
    check: Duration::from_millis(5),
    events: 5,
    crowd: 20,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Command::Bare { answers }) = &arguments.command {
        bare::run(answers);
        return ExitCode::SUCCESS;
    }
    let text = table::markdown(&measure(&arguments));
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn measure(arguments: &Arguments) -> Vec<Row> {
    let extent = if arguments.quick { QUICK } else { FULL };
    let wants = |subject| arguments.only.is_empty() || arguments.only.contains(&subject);
    let binary = registry::binary(arguments.binary.as_deref());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let cluster = (!arguments.sqlite_only).then(Cluster::shared);
    let databases = || {
        let postgres = cluster.map(|cluster| runtime.block_on(Database::on(cluster)));
        std::iter::once(Database::sqlite()).chain(postgres)
    };
    let mut rows = Vec::new();
    if wants(Subject::Reads) {
        progress("reads");
        for database in databases() {
            rows.extend(reads::measure(&binary, &database, &extent));
        }
    }
    if wants(Subject::Writes) {
        progress("writes");
        for (ours, ceiling) in databases().zip(databases()) {
            rows.extend(writes::measure(&binary, &ours, &ceiling, &extent));
        }
    }
    if wants(Subject::Webhooks) {
        progress("webhooks");
        for (one, other) in databases().zip(databases()) {
            rows.extend(webhooks::awkward(&binary, &one, &other, &extent));
        }
        for (one, other) in databases().zip(databases()) {
            rows.extend(webhooks::crowded(&binary, &one, &other, &extent));
        }
    }
    if wants(Subject::Start) {
        let mut sizes = vec![if arguments.quick { 2_000 } else { 100_000 }];
        sizes.extend(arguments.million.then_some(1_000_000));
        for schemas in sizes {
            progress(&format!("starting with {schemas} schemas"));
            for database in databases() {
                rows.push(start::measure(
                    &runtime, &binary, &database, schemas, &extent,
                ));
            }
        }
    }
    if wants(Subject::Check) {
        progress("checks");
        rows.extend(check::measure(&extent, &arguments.peers));
    }
    rows
}

/// Tells whoever waits what is being measured. Where standard error is gone, nobody waits.
fn progress(what: &str) {
    let _ = writeln!(std::io::stderr(), "measuring {what}");
}
