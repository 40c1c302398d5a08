//! The contract: what `openapi.yaml` says is what the router has, and what is served is what is committed.

use std::collections::BTreeSet;

use dovetail_tests::{
    Database, Node,
    contract::{Contract, OPENAPI, is_of, resolved},
};
use serde_json::{Value, json};

#[test]
fn routes_and_document_agree() {
    let routed: BTreeSet<(String, String)> = dovetail_server::routes()
        .into_iter()
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    let documented: BTreeSet<(String, String)> = Contract::committed()
        .operations()
        .iter()
        .map(|operation| (operation.method.clone(), operation.path.clone()))
        .collect();
    let undocumented: Vec<_> = routed.difference(&documented).collect();
    let unrouted: Vec<_> = documented.difference(&routed).collect();
    assert!(
        undocumented.is_empty(),
        "not in openapi.yaml: {undocumented:?}"
    );
    assert!(unrouted.is_empty(), "not in the router: {unrouted:?}");
    assert_eq!(
        routed.len(),
        dovetail_server::routes().len(),
        "no route is listed twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_served_document_is_the_committed_one() {
    let node = Node::start(&Database::sqlite()).await;
    let answer = node.get("/openapi.yaml").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/yaml");
    assert_eq!(answer.text, OPENAPI);
}

#[test]
fn every_code_has_a_status_and_a_sentence() {
    for operation in Contract::committed().operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let statuses: BTreeSet<u64> = operation.statuses().map(u64::from).collect();
        for code in &operation.codes {
            let has_status = statuses.iter().any(|status| is_of(*code, *status));
            assert!(has_status, "{name}: {code} without its status");
            // The database may fail everybody, so only those say it who have something to say about it.
            let is_said = *code == 50001 || operation.description.contains(&code.to_string());
            assert!(is_said, "{name}: the description does not explain {code}");
        }
        for status in statuses.iter().filter(|status| **status >= 400) {
            let has_code = operation.codes.iter().any(|code| is_of(*code, *status));
            assert!(has_code, "{name}: {status} without a code");
        }
    }
}

#[test]
fn parameters_of_a_path_are_declared() {
    let document = Contract::committed().document();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let declared: BTreeSet<&str> = parameters(document, item)
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().expect("a name"))
            .collect();
        let in_path: BTreeSet<&str> = path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        assert_eq!(declared, in_path, "{path}");
    }
}

fn parameters<'a>(document: &'a Value, item: &'a Value) -> impl Iterator<Item = &'a Value> {
    let listed = item["parameters"].as_array().into_iter().flatten();
    listed.map(|parameter| resolved(document, parameter))
}

#[test]
fn operation_ids_are_unique_and_tags_are_declared() {
    let document = Contract::committed().document();
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut ids = BTreeSet::new();
    for operation in Contract::committed().operations() {
        let item = &document["paths"][&operation.path][operation.method.to_lowercase()];
        let id = item["operationId"].as_str().expect("an operation id");
        assert!(ids.insert(id), "{id} is there twice");
        for tag in item["tags"].as_array().expect("tags") {
            assert!(tags.contains(tag.as_str().expect("text")), "{id}: {tag}");
        }
        assert!(item["summary"].is_string(), "{id} has no summary");
    }
}

#[test]
fn examples_are_valid() {
    let document = Contract::committed().document();
    let mut checked = 0;
    for part in ["responses", "requestBodies"] {
        let named = document["components"][part]
            .as_object()
            .expect("named parts");
        for (name, item) in named {
            for (_, media) in item["content"].as_object().into_iter().flatten() {
                let more = media["examples"].as_object().into_iter().flatten();
                let more = more.map(|(_, example)| &example["value"]);
                let examples: Vec<&Value> = media.get("example").into_iter().chain(more).collect();
                for example in examples {
                    is_valid(document, &media["schema"], example)
                        .unwrap_or_else(|error| panic!("{name}: {example}: {error}"));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 20, "only {checked} examples");
}

fn is_valid(document: &Value, schema: &Value, instance: &Value) -> Result<(), String> {
    let mut schema = schema.clone();
    schema["components"] = json!({ "schemas": document["components"]["schemas"] });
    let validator = jsonschema::draft202012::new(&schema).map_err(|error| error.to_string())?;
    validator
        .validate(instance)
        .map_err(|error| error.to_string())
}

/// Bodies of answers are closed: a key that nobody documented would be found.
#[test]
fn answers_are_strict() {
    let document = Contract::committed().document();
    let mut names: Vec<String> = Vec::new();
    let answers = document["components"]["responses"]
        .as_object()
        .expect("answers");
    answers
        .values()
        .for_each(|answer| references(answer, &mut names));
    let mut seen = BTreeSet::new();
    while let Some(name) = names.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let target = document.pointer(name.trim_start_matches('#'));
        let schema = target.unwrap_or_else(|| panic!("no {name}"));
        if schema["type"] == "object" {
            assert_eq!(schema["additionalProperties"], false, "{name} is open");
        }
        references(schema, &mut names);
    }
    assert!(seen.len() > 20, "only {} schemas", seen.len());
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            let schemas = reference.filter(|to| to.starts_with("#/components/schemas/"));
            found.extend(schemas.map(str::to_owned));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The contract itself is under test: an answer that breaks it is noticed.
mod the_check_notices {
    use dovetail_tests::Answer;
    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: u16, content_type: &'static str, text: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert("x-request-id", HeaderValue::from_static("1"));
        Answer {
            status,
            headers,
            text: text.to_owned(),
        }
    }

    fn verdict(method: &str, target: &str, answer: &Answer) -> Result<(), String> {
        Contract::committed().check(method, target, answer)
    }

    const V1: &str = "application/vnd.schemaregistry.v1+json";

    #[test]
    fn what_is_fine() {
        let fine = [
            ("GET", "/subjects?deleted=true", answer(200, V1, r#"["a"]"#)),
            ("GET", "/subjects", answer(200, "application/json", "[]")),
            ("HEAD", "/subjects", answer(200, V1, "")),
            (
                "GET",
                "/nowhere",
                answer(404, V1, r#"{"error_code":404,"message":"m"}"#),
            ),
            (
                "GET",
                "/subjects",
                answer(414, V1, r#"{"error_code":414,"message":"m"}"#),
            ),
            (
                "GET",
                "/subjects/a/versions/1/schema",
                answer(200, V1, "syntax"),
            ),
            (
                "GET",
                "/schemas/types",
                answer(200, V1, r#"["JSON","PROTOBUF","AVRO"]"#),
            ),
        ];
        for (method, target, answer) in &fine {
            assert_eq!(verdict(method, target, answer), Ok(()), "{method} {target}");
        }
    }

    #[test]
    fn what_is_wrong() {
        let wrong = [
            (
                "an unknown status",
                "GET",
                "/subjects",
                answer(201, V1, "[]"),
            ),
            ("a wrong body", "GET", "/subjects", answer(200, V1, "[1]")),
            ("no JSON", "GET", "/subjects", answer(200, V1, "")),
            (
                "a media type",
                "GET",
                "/subjects",
                answer(200, "text/plain", "[]"),
            ),
            ("a body of HEAD", "HEAD", "/subjects", answer(200, V1, "[]")),
            (
                "a code of others",
                "GET",
                "/subjects/a/versions",
                answer(404, V1, r#"{"error_code":40403,"message":"m"}"#),
            ),
            (
                "a third key",
                "GET",
                "/subjects/a/versions",
                answer(404, V1, r#"{"error_code":40401,"message":"m","more":1}"#),
            ),
            ("a route", "GET", "/nowhere", answer(200, V1, "{}")),
            (
                "a code where there is no route",
                "GET",
                "/nowhere",
                answer(404, V1, r#"{"error_code":40401,"message":"m"}"#),
            ),
            (
                "a 405 without Allow",
                "PUT",
                "/subjects",
                answer(405, V1, r#"{"error_code":405,"message":"m"}"#),
            ),
        ];
        for (what, method, target, answer) in &wrong {
            assert!(verdict(method, target, answer).is_err(), "{what} passed");
        }
        let mut nameless = answer(200, V1, "[]");
        nameless.headers.remove("x-request-id");
        assert!(verdict("GET", "/subjects", &nameless).is_err());
    }
}
