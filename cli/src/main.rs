//! The `dovetail` binary: one file for each command.
//!
//! A command is a struct with clap's `Args` and a `run` that returns an [`ending::Outcome`]; its variant and its line in
//! [`run`] stand below. What several commands need has files of its own: `registry` (which one, and who asks), `source`
//! (naming a schema), `workspace` and `plan` (a project's schemas and what would become of them), `report` and `output`.

mod check;
mod config;
mod delete;
mod diff;
mod ending;
mod explain;
mod export;
mod import;
mod init;
mod judge;
mod manual;
mod mode;
mod output;
mod plan;
mod register;
mod registry;
mod report;
mod sample;
mod serve;
mod show;
mod source;
mod subjects;
mod transfer;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use ending::Failure;

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
    Check(check::Check),
    Register(register::Register),
    Diff(diff::Diff),
    Explain(explain::Explain),
    Sample(sample::Sample),
    Init(init::Init),
    Subjects(subjects::Subjects),
    Show(show::Show),
    Config(config::Config),
    Mode(mode::Mode),
    Delete(delete::Delete),
    Completions(manual::Completions),
    Man(manual::Man),
    Export(export::Export),
    Import(import::Import),
}

/// The stack that commands run on. Schemas nest deeper than the main thread's stack likes; memory is taken only as far as a
/// stack is used.
const STACK_BYTES: usize = 64 * 1024 * 1024;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
        command => on_large_stack(|| run(command)),
    }
}

fn run(command: Command) -> ExitCode {
    ending::exit_code(match command {
        Command::Serve(serve) => return serve.run(),
        Command::Export(export) => return export.run(),
        Command::Import(import) => return import.run(),
        Command::Check(check) => check.run(),
        Command::Register(register) => register.run(),
        Command::Diff(diff) => diff.run(),
        Command::Explain(explain) => explain.run(),
        Command::Sample(sample) => sample.run(),
        Command::Init(init) => init.run(),
        Command::Subjects(subjects) => subjects.run(),
        Command::Show(show) => show.run(),
        Command::Config(config) => config.run(),
        Command::Mode(mode) => mode.run(),
        Command::Delete(delete) => delete.run(),
        Command::Completions(completions) => completions.run(Arguments::command()),
        Command::Man(man) => man.run(Arguments::command()),
    })
}

/// Runs work on a thread of its own. A panic there has been printed already, and is a check that could not be made.
fn on_large_stack(work: impl FnOnce() -> ExitCode + Send) -> ExitCode {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work);
        let failed = |why: &str| ending::exit_code(Err(Failure::undecided(why)));
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(code)) => code,
            Ok(Err(_panic)) => failed("this is a defect of dovetail; please report it"),
            Err(error) => failed(&format!("cannot start a thread: {error}")),
        }
    })
}
