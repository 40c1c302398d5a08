//! Schemathesis, which makes requests from `openapi.yaml` and holds every answer against it.

use dovetail_tests::on_both;

use super::{command, passes, root};

/// How many requests are made for each operation, unless `SCHEMATHESIS_EXAMPLES` says otherwise.
const EXAMPLES: &str = "8";

on_both!(no_request_gets_an_answer_beyond_the_contract, |node| {
    let examples = std::env::var("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let mut schemathesis = command("schemathesis", &node);
    schemathesis
        .arg("--config-file")
        .arg(root().join("tests/foreign/schemathesis.toml"))
        .arg("run")
        .arg(root().join("openapi.yaml"))
        .args(["--url", node.base(), "--checks", "all", "--seed", "1"])
        .args(["--max-examples", &examples, "--no-color", "--workers", "2"]);
    passes(schemathesis).await;
});
