//! The clients people run, against a running node. Their suites stand in `tests/foreign`, each in its own language;
//! `scripts/foreign-clients` installs what they need into `target/foreign`. The Rust client of another house is `converter`.

mod agreement;
mod contract;
mod converter;

use std::path::{Path, PathBuf};

use dovetail_tests::{Node, on_both};
use tokio::process::Command;

/// The root of the project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A command of the installed environment, against a node.
fn command(program: &str, node: &Node) -> Command {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let installed = root().join(target).join("foreign/python/bin");
    assert!(
        installed.join(program).exists(),
        "{program} is not in {}: run scripts/foreign-clients",
        installed.display()
    );
    let mut path = installed.clone().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new(installed.join(program));
    command
        .env("PATH", path)
        .env("DOVETAIL_URL", node.base())
        .env("GOTOOLCHAIN", "local")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    command
}

/// Where the suites have their receivers of webhooks.
const RECEIVERS: [&str; 2] = ["--webhook-allow-network", "127.0.0.0/8"];

/// Runs a suite, which has to pass.
async fn passes(mut command: Command) {
    let output = command.output().await.expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

on_both!(
    confluent_kafka_and_standardwebhooks_for_python,
    [RECEIVERS[0], RECEIVERS[1]],
    |node| {
        let mut pytest = command("python", &node);
        pytest
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .arg(root().join("tests/foreign/python"));
        passes(pytest).await;
    }
);

on_both!(
    confluent_kafkajs_and_standardwebhooks_for_node,
    [RECEIVERS[0], RECEIVERS[1]],
    |node| {
        let mut npm = command("node", &node);
        npm.arg("--test")
            .current_dir(root().join("tests/foreign/node"));
        passes(npm).await;
    }
);

on_both!(franz_and_confluent_for_go, |node| {
    let mut go = command("go", &node);
    go.args(["test", "-count=1", "./..."])
        .current_dir(root().join("tests/foreign/go"));
    passes(go).await;
});
