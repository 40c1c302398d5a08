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
mod events;
mod explain;
mod export;
mod generate;
mod import;
mod init;
mod judge;
mod manual;
mod mode;
mod output;
mod plan;
mod pull;
mod register;
mod registry;
mod report;
mod sample;
mod serve;
mod show;
mod source;
mod subjects;
mod transfer;
mod webhook;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use ending::{Failure, Outcome};

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
    Pull(pull::Pull),
    Generate(generate::Generate),
    Sample(sample::Sample),
    Init(init::Init),
    Subjects(subjects::Subjects),
    Show(show::Show),
    Config(config::Config),
    Mode(mode::Mode),
    Delete(delete::Delete),
    Events(events::Events),
    Webhook(webhook::Webhook),
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
        command => ending::exit_code(on_large_stack(|| run(command))),
    }
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Serve(_) => Err(Failure::usage("this command runs on the main thread")),
        Command::Check(check) => check.run(),
        Command::Register(register) => register.run(),
        Command::Diff(diff) => diff.run(),
        Command::Explain(explain) => explain.run(),
        Command::Pull(pull) => pull.run(),
        Command::Generate(generate) => generate.run(),
        Command::Sample(sample) => sample.run(),
        Command::Init(init) => init.run(),
        Command::Subjects(subjects) => subjects.run(),
        Command::Show(show) => show.run(),
        Command::Config(config) => config.run(),
        Command::Mode(mode) => mode.run(),
        Command::Delete(delete) => delete.run(),
        Command::Events(events) => events.run(),
        Command::Webhook(webhook) => webhook.run(),
        Command::Completions(completions) => completions.run(Arguments::command()),
        Command::Man(man) => man.run(Arguments::command()),
        Command::Export(export) => export.run(),
        Command::Import(import) => import.run(),
    }
}

/// Runs work on a thread of its own. A panic there has been printed already, and is a check that could not be made.
fn on_large_stack(work: impl FnOnce() -> Outcome + Send) -> Outcome {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work)
            .map_err(|error| Failure::undecided(format!("cannot start a thread: {error}")))?;
        let defect = |_| Failure::undecided("this is a defect of dovetail; please report it");
        thread.join().unwrap_or_else(|panic| Err(defect(panic)))
    })
}
