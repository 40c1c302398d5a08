use dovetail_tests::{Database, Node};
use serde_json::Value;

use super::{CUSTOMER, ID, NOTE, Project, record};

const UNITS: &str = r#"{"name": "units", "type": "long"}"#;
const TOTAL: &str = r#"{"name": "total", "type": "Money"}"#;

/// Every block of a language in the page.
fn blocks(language: &str) -> Vec<String> {
    dovetail_tests::blocks("ci.md", language)
}

/// The page's manifest in a repository whose main branch is also `origin/main`.
async fn project() -> (Node, Project) {
    let node = Node::start(&Database::sqlite()).await;
    let project = Project::with_registry(node.base());
    let manifest = blocks("toml")
        .concat()
        .replace("http://127.0.0.1:8081", node.base());
    project.write("dovetail.toml", &manifest);
    project.write("schemas/money.avsc", &record("Money", &[UNITS]));
    project.write("schemas/order.avsc", &record("Order", &[ID, TOTAL]));
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "schemas"]);
    project.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    (node, project)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_snippets_do_what_the_page_says() {
    let (node, project) = project().await;
    for block in blocks("sh") {
        project
            .shell(&block.replace("http://127.0.0.1:8081", node.base()))
            .ends(0);
    }
    assert!(project.read("order.avsc").contains("shop"));
    project.write(
        "schemas/order.avsc",
        &record("Order", &[ID, TOTAL, CUSTOMER]),
    );
    for block in &blocks("sh")[..3] {
        project
            .shell(&block.replace("http://127.0.0.1:8081", node.base()))
            .ends(100);
    }
}

/// What the steps run, in their order.
fn github_steps() -> Vec<String> {
    let mut steps = Vec::new();
    for block in blocks("yaml") {
        let yaml: Value = serde_saphyr::from_str(&block).expect("YAML");
        let listed = match &yaml {
            Value::Array(steps) => steps.clone(),
            job => job["jobs"]["schemas"]["steps"]
                .as_array()
                .cloned()
                .unwrap_or_default(),
        };
        steps.extend(
            listed
                .iter()
                .filter_map(|step| step["run"].as_str().map(str::to_owned)),
        );
    }
    steps
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_github_actions_pass_and_fail_as_they_should() {
    let (_node, project) = project().await;
    let project = project.set("GITHUB_ACTIONS", "true");
    let steps = github_steps();
    assert_eq!(steps.len(), 4, "{steps:?}");
    for step in &steps {
        project.shell(step).ends(0);
    }
    project.write("schemas/money.avsc", &record("Money", &[UNITS, CUSTOMER]));
    project
        .shell(&steps[0])
        .ends(100)
        .says("::error file=schemas/money.avsc,line=5,");
    project
        .shell(&steps[1])
        .ends(100)
        .says("::error file=schemas/money.avsc,line=5,");
    project.shell(&steps[2]).ends(100);
    project.shell(&steps[3]).ends(100);
    assert!(
        project
            .read("dovetail.sarif")
            .contains("READER_FIELD_MISSING_DEFAULT_VALUE")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_of_gitlab_passes_and_fails_as_it_should() {
    let (_node, project) = project().await;
    let block = blocks("yaml")
        .into_iter()
        .find(|block| block.contains("GIT_DEPTH"));
    let yaml: Value = serde_saphyr::from_str(&block.expect("a block for GitLab")).expect("YAML");
    let script = |job: &str| {
        let lines = yaml[job]["script"].as_array().expect("a script").iter();
        let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
        lines.join("\n")
    };
    project.shell(&script("schemas")).ends(0);
    project.shell(&script("register")).ends(0);
    assert_eq!(project.read("gl-code-quality-report.json"), "[]\n");
    project.write(
        "schemas/order.avsc",
        &record("Order", &[ID, TOTAL, NOTE, CUSTOMER]),
    );
    project.shell(&script("schemas")).ends(100);
    assert!(
        project
            .read("gl-code-quality-report.json")
            .contains("schemas/order.avsc")
    );
    assert!(project.read("junit.xml").contains("failures=\"1\""));
}
