//! A running node: the real binary on a free port. It is killed when it goes out of scope.

use std::{ops::Deref, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::mpsc,
};

use crate::{Client, Database, binary};

/// How long a node may take to listen and to be ready, on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The master key of nodes that share a database server; beside a file they make their own.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A running `dovetail serve`. Everything a [`Client`] can do, it can.
#[derive(Debug)]
pub struct Node {
    client: Client,
    child: Child,
    log: mpsc::UnboundedReceiver<String>,
    /// So that the files are there as long as the node is: it opens further connections to them when it needs some.
    _database: Option<Database>,
}

impl Deref for Node {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Node {
    /// Starts a node and waits until it is ready.
    pub async fn start(database: &Database) -> Self {
        Self::start_with(database, &[]).await
    }

    /// As [`Node::start`], with more arguments for `serve`.
    pub async fn start_with(database: &Database, arguments: &[&str]) -> Self {
        let node = Self::listening(database, arguments).await;
        node.until_ready().await;
        node
    }

    /// Starts a node and waits until it listens. Its database may be away.
    pub async fn listening(database: &Database, arguments: &[&str]) -> Self {
        let mut command = Self::command(database);
        command.args(arguments);
        Self {
            _database: Some(database.clone()),
            ..Self::spawn(command).await
        }
    }

    /// Runs a command that starts a node, such as a changed [`Node::command`], and waits until the node listens.
    pub async fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary runs");
        let stderr = child.stderr.take().expect("standard error is piped");
        let (sender, mut log) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // The test may be over.
                let _ = sender.send(line);
            }
        });
        let client = Client::new(&listening_address(&mut log).await);
        Self {
            client,
            child,
            log,
            _database: None,
        }
    }

    /// The command that starts a node on a free port, for tests that expect it to refuse.
    pub fn command(database: &Database) -> Command {
        let mut command = Command::new(binary());
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            database.url(),
        ]);
        let inherited = std::env::vars()
            .map(|(name, _)| name)
            .filter(|name| name.starts_with("DOVETAIL_"));
        inherited.for_each(|name| {
            command.env_remove(name);
        });
        if !database.is_file() {
            command.env("DOVETAIL_WEBHOOK_MASTER_KEYS", MASTER_KEY);
        }
        command
    }

    /// Waits until the node says that it is ready.
    pub async fn until_ready(&self) {
        let ready = async {
            while self.client.get("/health/ready").await.status != 200 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready)
            .await
            .expect("the node becomes ready");
    }

    /// The process id, for signals.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the node runs")
    }

    /// Kills the node as `kill -9` does, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// Asks the node to stop as an operator does, and returns its exit code and what it logged.
    pub async fn stop(self) -> (Option<i32>, Vec<String>) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .expect("kill runs");
        assert!(sent.success(), "the node takes a signal");
        self.exit().await
    }

    /// Waits until the node has ended, and returns its exit code and what it logged.
    pub async fn exit(mut self) -> (Option<i32>, Vec<String>) {
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("the node stops")
            .expect("it ran");
        let mut lines = Vec::new();
        while let Some(line) = self.log.recv().await {
            lines.push(line);
        }
        (status.code(), lines)
    }
}

async fn listening_address(log: &mut mpsc::UnboundedReceiver<String>) -> String {
    let mut seen = Vec::new();
    let address = async {
        while let Some(line) = log.recv().await {
            if let Some((_, address)) = line.split_once("listening on ") {
                return address.split_whitespace().next().map(str::to_owned);
            }
            seen.push(line);
        }
        None
    };
    let address = tokio::time::timeout(PATIENCE, address)
        .await
        .expect("the node says where it listens");
    address.unwrap_or_else(|| panic!("the node did not start:\n{}", seen.join("\n")))
}
