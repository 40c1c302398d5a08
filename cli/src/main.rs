//! The `dovetail` binary: one file for each command.

mod export;
mod import;
mod serve;
mod transfer;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A schema registry that says what a change breaks, and for whom.
#[derive(Debug, Parser)]
#[command(name = "dovetail", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Export(export::Export),
    Import(import::Import),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Serve(serve) => serve.run(),
        Command::Export(export) => export.run(),
        Command::Import(import) => import.run(),
    }
}
