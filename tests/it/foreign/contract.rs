//! Schemathesis, which makes requests from `openapi.yaml` and holds every answer against it: whatever is asked, the
//! answer is in the contract; what the contract does not allow is refused, and what it allows is taken.

use dovetail_tests::on_both;

use super::{command, passes, root};

/// How many requests are made up for each operation, unless `SCHEMATHESIS_EXAMPLES` says otherwise. They come after those
/// that go through the contract value by value, of which there are some thousands.
const EXAMPLES: &str = "8";

/// What the requests are made from, unless `SCHEMATHESIS_SEED` says otherwise. The same every time, so that a run that
/// passed passes again.
const SEED: &str = "1";

on_both!(no_request_gets_an_answer_beyond_the_contract, |node| {
    let examples = std::env::var("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let seed = std::env::var("SCHEMATHESIS_SEED").unwrap_or_else(|_| SEED.to_owned());
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
        .args(["--url", node.base(), "--checks", "all", "--seed", &seed])
        .args(["--max-examples", &examples, "--no-color", "--workers", "2"]);
    passes(schemathesis).await;
});
