//! `dovetail completions` and `dovetail man`: what shells and `man` want to know of this program.

use std::{fs, path::PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;

use crate::{
    ending::{Ending, Failure, Outcome},
    output,
};

/// Prints what a shell needs to complete this program's arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail completions bash > /etc/bash_completion.d/dovetail
  dovetail completions zsh > ~/.zfunc/_dovetail
  dovetail completions fish > ~/.config/fish/completions/dovetail.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Prints the manual page, or writes one for each command.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail man | man -l -
  dovetail man --out /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// Write dovetail.1 and dovetail-COMMAND.1 into this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Completions {
    pub(crate) fn run(self, mut program: Command) -> Outcome {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut program, "dovetail", &mut text);
        output::print(&String::from_utf8_lossy(&text))?;
        Ok(Ending::Fine)
    }
}

impl Man {
    pub(crate) fn run(self, mut program: Command) -> Outcome {
        program.build();
        let Some(folder) = self.out else {
            output::print(&page(&program)?)?;
            return Ok(Ending::Fine);
        };
        let unwritable =
            |error| Failure::usage(format!("{} cannot be written: {error}", folder.display()));
        fs::create_dir_all(&folder).map_err(unwritable)?;
        fs::write(folder.join("dovetail.1"), page(&program)?).map_err(unwritable)?;
        for command in program
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
        {
            let name = format!("dovetail-{}", command.get_name());
            let command = command
                .clone()
                .name(name.clone())
                .display_name(name.clone());
            fs::write(folder.join(format!("{name}.1")), page(&command)?).map_err(unwritable)?;
        }
        Ok(Ending::Fine)
    }
}

fn page(command: &Command) -> Outcome<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut text)
        .map_err(|error| Failure::undecided(format!("the page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
