//! Settings: command line over file over environment over defaults, and what is said of wrong ones.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::{path::PathBuf, process::Stdio};

use dovetail_model::CompatibilityLevel;
use dovetail_server::settings::{DEFAULTS, LogFormat, Settings};
use dovetail_tests::{Database, Node, binary};
use tempfile::TempDir;
use tokio::process::Command;
use toml::{Table, Value};

/// A file with settings, in a folder of its own.
struct File {
    folder: TempDir,
}

impl File {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("server.toml"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("server.toml")
    }
}

fn table(text: &str) -> Table {
    text.parse().unwrap()
}

/// Puts layers together: command line, file and environment.
fn resolve(
    flags: &str,
    file: Option<&str>,
    environment: &[(&str, &str)],
) -> Result<Settings, String> {
    let file = file.map(File::new);
    let path = file.as_ref().map(File::path);
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::resolve(table(flags), path.as_deref(), environment).map_err(|error| error.to_string())
}

/// A value for a setting that is not its default, as TOML.
fn other_than(name: &str, default: &Value) -> Value {
    match (name, default) {
        (_, Value::Integer(number)) => Value::Integer(number + 1),
        (_, Value::Boolean(is_set)) => Value::Boolean(!is_set),
        ("listen", _) => Value::String("127.0.0.9:9".into()),
        ("compatibility_level", _) => Value::String("FULL".into()),
        ("compat_profile", _) => Value::String("7".into()),
        ("read_consistency", _) => Value::String("eventual".into()),
        ("public_url", _) => Value::String("https://other.example.com".into()),
        ("webhook_allowed_networks", _) => Value::String("10.0.0.0/8".into()),
        ("webhook_allowed_ports", _) => Value::String("8443".into()),
        ("webhook_retry_delays", _) => Value::String("1s".into()),
        ("log_format", _) => Value::String("json".into()),
        _ => Value::String("other".into()),
    }
}

/// A setting of a resolved whole, by what it prints as.
fn shown(settings: &Settings, name: &str) -> String {
    let all = format!("{settings:#?}");
    let line = all
        .lines()
        .find(|line| line.trim_start().starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("{name} is no setting: {all}"))
        .trim()
        .to_owned()
}

#[test]
fn the_file_is_over_the_environment_which_is_over_the_defaults_for_every_setting() {
    for (name, default) in table(DEFAULTS) {
        let other = other_than(&name, &default);
        let spelled = other
            .as_str()
            .map_or_else(|| other.to_string(), str::to_owned);
        let variable = format!("DOVETAIL_{}", name.to_uppercase());
        let usual = resolve("", None, &[]).unwrap();
        let from_environment = resolve("", None, &[(&variable, &spelled)]).unwrap();
        assert_ne!(
            shown(&from_environment, &name),
            shown(&usual, &name),
            "{variable}"
        );
        let from_file = resolve("", Some(&format!("{name} = {other}")), &[]).unwrap();
        assert_eq!(shown(&from_file, &name), shown(&from_environment, &name));
        let file_wins = resolve(
            "",
            Some(&format!("{name} = {default}")),
            &[(&variable, &spelled)],
        );
        assert_eq!(
            shown(&file_wins.unwrap(), &name),
            shown(&usual, &name),
            "{name}"
        );
        let flag_wins = resolve(
            &format!("{name} = {default}"),
            Some(&format!("{name} = {other}")),
            &[],
        );
        assert_eq!(
            shown(&flag_wins.unwrap(), &name),
            shown(&usual, &name),
            "{name}"
        );
    }
}

#[test]
fn every_setting_has_a_default() {
    let settings = resolve("", None, &[]).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:8081".parse().unwrap());
    assert_eq!(settings.compatibility_level, CompatibilityLevel::Backward);
    assert_eq!(settings.log_format, LogFormat::Text);
    assert!(!settings.allow_anonymous);
}

#[test]
fn every_default_has_a_comment() {
    let mut commented = false;
    for line in DEFAULTS.lines() {
        assert!(
            line.is_empty() || commented || line.starts_with('#'),
            "{line}"
        );
        commented = !line.is_empty();
    }
}

#[test]
fn an_unknown_key_in_the_file_is_named() {
    let error = resolve("", Some("listne = \"127.0.0.1:1\""), &[]).unwrap_err();
    assert!(error.contains("listne"), "{error}");
    assert!(error.contains("server.toml"), "{error}");
    assert!(
        error.contains("listen"),
        "the known ones are listed: {error}"
    );
}

#[test]
fn a_variable_that_is_no_setting_is_left_alone() {
    resolve(
        "",
        None,
        &[("DOVETAIL_TOKEN", "x"), ("DOVETAIL_", ""), ("OTHER", "")],
    )
    .unwrap();
}

#[test]
fn a_wrong_value_is_named_with_where_it_stands() {
    for (file, named) in [
        ("max_connections = \"many\"", "max_connections"),
        ("max_connections = -1", "max_connections"),
        ("listen = \"somewhere\"", "listen"),
        ("compatibility_level = \"SIDEWAYS\"", "compatibility_level"),
        ("log_format = \"xml\"", "log_format"),
        ("allow_anonymous = \"yes\"", "allow_anonymous"),
        ("read_consistency = \"sometimes\"", "read_consistency"),
    ] {
        let error = resolve("", Some(file), &[]).unwrap_err();
        assert!(error.contains(named), "{file}: {error}");
        assert!(error.contains("server.toml"), "{file}: {error}");
    }
    for (name, value) in [
        ("DOVETAIL_MAX_CONNECTIONS", "many"),
        ("DOVETAIL_ALLOW_ANONYMOUS", "yes"),
        ("DOVETAIL_LISTEN", "somewhere"),
        ("DOVETAIL_COMPATIBILITY_LEVEL", "SIDEWAYS"),
    ] {
        let error = resolve("", None, &[(name, value)]).unwrap_err();
        let key = name.trim_start_matches("DOVETAIL_").to_lowercase();
        assert!(
            error.contains(name) || error.contains(&key),
            "{name}: {error}"
        );
    }
    let error = resolve("log_format = \"xml\"", None, &[]).unwrap_err();
    assert!(
        error.contains("log_format") && error.contains("command line"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_the_line() {
    let error = resolve("", Some("listen = \"127.0.0.1:1\"\nlog ="), &[]).unwrap_err();
    assert!(error.contains("server.toml"), "{error}");
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_wrong_value_lower_down_is_wrong_even_where_another_is_over_it() {
    resolve("log_format = \"text\"", Some("log_format = \"xml\""), &[]).unwrap_err();
}

/// Runs the binary with arguments, without this process's own settings.
async fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(binary())
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = output.await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_print_config_prints_is_a_file_that_works() {
    let (code, printed, _) = run(&["serve", "--print-config"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(table(&printed), table(DEFAULTS));
    let file = File::new(&printed);
    let database = Database::sqlite();
    let path = file.path();
    let node = Node::start_with(&database, &["--config", path.to_str().unwrap()]).await;
    assert_eq!(
        node.get("/config").await.ok()["compatibilityLevel"],
        "BACKWARD"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_node_goes_by_file_over_environment() {
    let database = Database::sqlite();
    let mut command = Node::command(&database);
    command.env("DOVETAIL_COMPATIBILITY_LEVEL", "FORWARD");
    let node = Node::spawn(command).await;
    node.until_ready().await;
    assert_eq!(
        node.get("/config").await.ok()["compatibilityLevel"],
        "FORWARD"
    );
    node.stop().await;

    let file = File::new("compatibility_level = \"FULL\"\nlisten = \"127.0.0.1:1\"");
    let mut command = Node::command(&database);
    command
        .env("DOVETAIL_COMPATIBILITY_LEVEL", "FORWARD")
        .arg("--config")
        .arg(file.path());
    // Port 1 is the file's; that it listens elsewhere is the flag's doing.
    let node = Node::spawn(command).await;
    node.until_ready().await;
    assert!(!node.address().ends_with(":1"));
    assert_eq!(node.get("/config").await.ok()["compatibilityLevel"], "FULL");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_settings_end_the_start_with_exit_code_2() {
    let file = File::new("surprise = true");
    let path = file.path();
    let path = path.to_str().unwrap();
    for (arguments, named) in [
        (vec!["serve", "--config", path], "surprise"),
        (
            vec!["serve", "--config", "/nowhere/server.toml"],
            "/nowhere/server.toml",
        ),
        (vec!["serve", "--log-format", "xml"], "log_format"),
        (vec!["serve", "--log", "a=b=c"], "log"),
        (vec!["serve", "--listen", "somewhere"], "listen"),
        (vec!["serve", "--surprise"], "--surprise"),
    ] {
        let (code, stdout, stderr) = run(&arguments).await;
        assert_eq!(code, Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(named), "{arguments:?}: {stderr}");
        assert_eq!(stdout, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_can_never_work_ends_the_start_with_exit_code_1() {
    for url in ["mysql://127.0.0.1/x", "sqlite:///nowhere/at/all.db"] {
        let (code, _, stderr) =
            run(&["serve", "--listen", "127.0.0.1:0", "--database-url", url]).await;
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains("dovetail: "), "{stderr}");
    }
}
