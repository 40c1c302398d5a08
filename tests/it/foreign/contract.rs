//! Schemathesis, which makes requests from `openapi.yaml` and holds every answer against it.

use dovetail_tests::on_both;

use super::{command, passes, root};

/// How many requests are made for each operation, unless `SCHEMATHESIS_EXAMPLES` says otherwise.
const EXAMPLES: &str = "8";

/// Whatever is asked, the answer is in the contract. `SCHEMATHESIS_CHECKS=all` also asks whether everything that the contract
/// does not allow is refused, and everything that it allows is taken.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method";

on_both!(no_request_gets_an_answer_beyond_the_contract, |node| {
    let examples = std::env::var("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let checks = std::env::var("SCHEMATHESIS_CHECKS").unwrap_or_else(|_| CHECKS.to_owned());
    // It leaves what it learned where it runs.
    let folder = tempfile::tempdir().expect("a folder");
    let mut schemathesis = command("schemathesis", &node);
    schemathesis
        .current_dir(folder.path())
        .arg("--config-file")
        .arg(root().join("tests/foreign/schemathesis.toml"))
        .arg("run")
        .arg(root().join("openapi.yaml"))
        // It knows no JSON lines.
        .args(["--exclude-path", "/api/v1/import"])
        .args(["--url", node.base(), "--checks", &checks, "--seed", "1"])
        .args(["--max-examples", &examples, "--no-color", "--workers", "2"]);
    passes(schemathesis).await;
});
