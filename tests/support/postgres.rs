//! Throwaway PostgreSQL servers, made with the system's `initdb` and `pg_ctl`.
//!
//! They refuse to run as root, so as root they are started as `nobody`. A small shell waits at the other end of a pipe:
//! when the tests end, however they end, the pipe closes, and the shell stops the server and removes its folder.

use std::{
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// `nobody`, wherever it has a number.
const NOBODY: u32 = 65534;

/// A server of its own.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    /// Dropping it ends the server.
    _watch: Mutex<Child>,
}

impl Cluster {
    /// The server that all tests share which do not stop it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server on a free port.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new()
            .prefix("dovetail-pg-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).expect("root may give a folder away");
        }
        let data = folder.join("data");
        let initdb = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--pgdata",
        ];
        run(unprivileged(&programs.join("initdb"))
            .args(initdb)
            .arg(&data));
        let watch = watch(&programs, &folder);
        let mut cluster = Self {
            programs,
            folder,
            port: 0,
            _watch: Mutex::new(watch),
        };
        // Another program may take the free port first; then the next one is tried.
        for _ in 0..5 {
            cluster.port = free_port();
            if cluster.try_resume() {
                return cluster;
            }
        }
        panic!(
            "PostgreSQL does not start; its log is {}",
            cluster.folder.join("log").display()
        );
    }

    /// Starts the server again after [`Cluster::stop`].
    pub fn resume(&self) {
        assert!(self.try_resume(), "PostgreSQL does not start again");
    }

    fn try_resume(&self) -> bool {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300",
            self.port
        );
        self.pg_ctl(&["--wait", "--options", &options, "start"])
    }

    /// Stops the server at once, as a crash would.
    pub fn stop(&self) {
        assert!(
            self.pg_ctl(&["--wait", "--mode=immediate", "stop"]),
            "PostgreSQL does not stop"
        );
    }

    fn pg_ctl(&self, arguments: &[&str]) -> bool {
        unprivileged(&self.programs.join("pg_ctl"))
            .arg("--pgdata")
            .arg(self.folder.join("data"))
            .arg("--log")
            .arg(self.folder.join("log"))
            .args(arguments)
            .stdout(Stdio::null())
            .status()
            .expect("pg_ctl runs")
            .success()
    }

    /// Makes an empty database and returns its URL.
    pub async fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the server answers");
        let create = format!("CREATE DATABASE {name}");
        sqlx::query(AssertSqlSafe(create))
            .execute(&mut connection)
            .await
            .expect("a database can be made");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// Where the system keeps the server's programs, which Debian leaves off the search path.
fn programs() -> PathBuf {
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<PathBuf> = packaged.map(|version| version.path().join("bin")).collect();
    found.sort();
    let on_path =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    found
        .into_iter()
        .rev()
        .chain(on_path.unwrap_or_default())
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
        .expect("PostgreSQL's initdb and pg_ctl are installed; scripts/test installs them")
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A command that does not run as root.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env("LC_ALL", "C");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program runs");
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The shell that cleans up. It holds the reading end of a pipe that closes with this process.
fn watch(programs: &Path, folder: &Path) -> Child {
    let script = r#"read -r _; "$0/pg_ctl" --pgdata "$1/data" --mode=immediate stop; rm -rf "$1""#;
    unprivileged(Path::new("/bin/sh"))
        .args(["-c", script])
        .args([programs, folder])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell runs")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}
