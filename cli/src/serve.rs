//! `dovetail serve`: runs the registry.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use dovetail_server::settings::{LogFormat, Settings};
use toml::{Table, Value};
use tracing_subscriber::EnvFilter;

/// Bad usage, as for a command line that cannot be read.
const BAD_USAGE: u8 = 2;

/// Runs the registry.
///
/// A setting is taken from the command line, else from the file given with --config, else from the environment (DOVETAIL_
/// and the setting's name in capitals), else from the defaults, which `--print-config` shows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail serve
      A registry on http://127.0.0.1:8081 that keeps everything in ./dovetail.db
  dovetail serve --database-url postgres://dovetail:secret@db/dovetail --listen 0.0.0.0:8081 --allow-anonymous
      One of several nodes that share a PostgreSQL database
  dovetail serve --print-config > dovetail-server.toml
      Every setting with its default and a comment, to start a file from")]
pub(crate) struct Serve {
    /// The address to listen on [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,

    /// The database, `sqlite://FILE` or `postgres://…` [default: `sqlite://dovetail.db`]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,

    /// Listen beyond loopback although there is no authentication: whoever reaches the port may change anything
    #[arg(long)]
    allow_anonymous: bool,

    /// How new reads are where several nodes share a database: linearizable or eventual [default: linearizable]
    #[arg(long, value_name = "CONSISTENCY")]
    read_consistency: Option<String>,

    /// What is logged: error, warn, info, debug, or a filter [default: info]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,

    /// How it is logged: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,

    /// Where others reach the registry, such as <https://schemas.example.com> [default: the address it listens on]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,

    /// A network in which webhooks may call any address, such as 127.0.0.0/8; may be given several times
    #[arg(long, value_name = "CIDR")]
    webhook_allow_network: Vec<String>,

    /// A file with settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print every setting with its default, and exit
    #[arg(long)]
    print_config: bool,
}

impl Serve {
    /// Runs until it is told to stop.
    pub(crate) fn run(self) -> ExitCode {
        if self.print_config {
            return print(dovetail_server::settings::DEFAULTS);
        }
        let settings =
            match Settings::resolve(self.flags(), self.config.as_deref(), std::env::vars()) {
                Ok(settings) => settings,
                Err(error) => return fail(&error, BAD_USAGE),
            };
        if let Err(error) = start_logging(&settings) {
            return fail(&format!("log: {error}"), BAD_USAGE);
        }
        let runtime = match tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => return fail(&format!("cannot start: {error}"), 1),
        };
        let _inside = runtime.enter();
        let signals = survive_file_size_limits().and_then(|()| told_to_stop());
        let told_to_stop = match signals {
            Ok(told_to_stop) => told_to_stop,
            Err(error) => return fail(&format!("cannot listen for signals: {error}"), 1),
        };
        match runtime.block_on(dovetail_server::run(&settings, told_to_stop)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        }
    }

    /// What the command line gave, by the names of the settings.
    fn flags(&self) -> Table {
        let texts = [
            ("listen", &self.listen),
            ("database_url", &self.database_url),
            ("read_consistency", &self.read_consistency),
            ("log", &self.log),
            ("log_format", &self.log_format),
            ("public_url", &self.public_url),
        ];
        let mut flags: Table = texts
            .into_iter()
            .filter_map(|(name, given)| Some((name.to_owned(), Value::String(given.clone()?))))
            .collect();
        if !self.webhook_allow_network.is_empty() {
            let networks = self.webhook_allow_network.iter().cloned();
            let networks = networks.map(Value::String).collect();
            flags.insert(
                "webhook_allowed_networks".to_owned(),
                Value::Array(networks),
            );
        }
        if self.allow_anonymous {
            flags.insert("allow_anonymous".to_owned(), Value::Boolean(true));
        }
        flags
    }
}

fn start_logging(settings: &Settings) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter = EnvFilter::try_new(&settings.log)?;
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour);
    match settings.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

/// Listens for the signals that mean "stop" from now on, and returns what completes on the first of them.
#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// A file that may not grow any further is an error of the write, as a full disk is, and not the end of the process: a
/// signal that somebody listens for does not kill, and it stays listened for.
#[cfg(unix)]
fn survive_file_size_limits() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    /// Its number on Linux and the BSDs.
    const SIGXFSZ: i32 = 25;
    signal(SignalKind::from_raw(SIGXFSZ)).map(drop)
}

#[cfg(not(unix))]
fn survive_file_size_limits() -> std::io::Result<()> {
    Ok(())
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(error: &impl std::fmt::Display, code: u8) -> ExitCode {
    // Where standard error is gone, the exit code still tells.
    let _ = writeln!(std::io::stderr(), "dovetail: {error}");
    ExitCode::from(code)
}
