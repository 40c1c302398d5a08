use serde_json::{Value, json};

use super::{CUSTOMER, ID, NOTE, Project, Run, record};

/// Three files against those in `old`: one breaks, one is fine, one is no schema.
fn project() -> Project {
    let project = Project::new();
    project.write("old/order.avsc", &record("Order", &[ID]));
    project.write("old/note.avsc", &record("Note", &[ID]));
    project.write("old/bad.avsc", &record("Bad", &[ID]));
    project.write("order.avsc", &record("Order", &[ID, CUSTOMER]));
    project.write("note.avsc", &record("Note", &[ID, NOTE]));
    project.write("bad.avsc", "{\n  \"type\": 7,\n}\n");
    project
}

fn check(format: &str) -> Run {
    project().run(&[
        "check",
        "order.avsc",
        "note.avsc",
        "--against",
        "dir:old",
        "--format",
        format,
    ])
}

#[test]
fn text_reads_like_a_compilers() {
    let expected = r#"error[READER_FIELD_MISSING_DEFAULT_VALUE]: the field 'customer' at path '/fields/1' in the new schema has no default value and is missing in the old schema
 --> order.avsc:5:5
  |
5 | {"name": "customer", "type": "string"}
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = against: old/order.avsc (dir:old), level BACKWARD (the default)
  = breaks: whoever reads with the new schema what was written with the previous one
  = why: A consumer fills a field that was not written from the field's default, and this one has none. It fails on every record written with the schema that lacks the field.
  = witness: {"id":""}, bytes 00, cannot be read: nothing was written for the reader's field "customer", and it has no default
  = instead: give the field a default value, such as null with a type of ["null", …]; if it is a renamed field, list the previous name in its "aliases"; before removing a field, give it a default and wait until every reader has that
  = more: dovetail explain READER_FIELD_MISSING_DEFAULT_VALUE

breaking   order.avsc
compatible note.avsc   BACKWARD with 1 version
1 breaking, 1 compatible, against dir:old
"#;
    let run = check("text").ends(100);
    assert_eq!(run.out, expected);
    assert_eq!(run.err, "");
}

#[test]
fn json_has_a_version_and_every_fact() {
    let report = check("json").ends(100).json();
    let finding = &report["schemas"][0]["findings"][0];
    let whole = json!({
        "version": 1,
        "command": "check",
        "against": "dir:old",
        "isFine": false,
        "schemas": [
            {
                "subject": null,
                "file": "order.avsc",
                "status": "breaking",
                "levels": [{"level": "BACKWARD", "saidBy": "the default"}],
                "comparedWith": ["old/order.avsc (dir:old)"],
                "findings": [{
                    "rule": "READER_FIELD_MISSING_DEFAULT_VALUE",
                    "schemaType": "AVRO",
                    "direction": "BACKWARD",
                    "message": "the field 'customer' at path '/fields/1' in the new schema has no default value and is \
                                missing in the old schema",
                    "whoBreaks": "whoever reads with the new schema what was written with the previous one",
                    "why": finding["why"],
                    "instead": finding["instead"],
                    "against": ["old/order.avsc (dir:old)"],
                    "new": {"source": "order.avsc", "place": "/fields/1", "line": 5, "column": 5},
                    "previous": {"source": "old/order.avsc (dir:old)", "place": "", "line": 1, "column": 1},
                    "witness": {"value": {"id": ""}, "hex": "00", "fails": finding["witness"]["fails"]}
                }],
                "notes": []
            },
            {
                "subject": null,
                "file": "note.avsc",
                "status": "compatible",
                "levels": [{"level": "BACKWARD", "saidBy": "the default"}],
                "comparedWith": ["old/note.avsc (dir:old)"],
                "findings": [],
                "notes": []
            }
        ]
    });
    assert_eq!(report, whole);
}

#[test]
fn github_gets_one_annotation_for_each_finding() {
    let run = check("github").ends(100);
    let annotations: Vec<&str> = run
        .out
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    assert_eq!(annotations.len(), 1, "{}", run.out);
    let start = "::error file=order.avsc,line=5,col=5,title=READER_FIELD_MISSING_DEFAULT_VALUE::the field 'customer'";
    assert!(annotations[0].starts_with(start), "{}", annotations[0]);
    assert!(
        annotations[0].contains("%0ABreaks whoever reads"),
        "{}",
        annotations[0]
    );
}

#[test]
fn github_is_told_by_its_environment() {
    let project = project().set("GITHUB_ACTIONS", "true");
    let arguments = ["check", "order.avsc", "--against", "dir:old"];
    project
        .run(&arguments)
        .ends(100)
        .says("::error file=order.avsc");
    let with_format = [&arguments[..], &["--format", "text"]].concat();
    project.run(&with_format).ends(100).never_says("::error");
}

/// The service wants paths from the root of the checkout, wherever the command runs.
#[test]
fn paths_are_those_of_the_checkout() {
    let project = project();
    let root = project.path().to_str().expect("a plain path").to_owned();
    project.write("sub/order.avsc", &record("Order", &[ID, CUSTOMER]));
    let line = "cd sub && dovetail check order.avsc --against ../old/order.avsc --format github";
    let run = project.set("GITHUB_WORKSPACE", &root).shell(line);
    run.ends(100).says("::error file=sub/order.avsc,");
}

#[test]
fn gitlab_gets_a_code_quality_report() {
    let report = check("gitlab").ends(100).json();
    let issue = &report[0];
    assert_eq!(issue["check_name"], "READER_FIELD_MISSING_DEFAULT_VALUE");
    assert_eq!(
        issue["location"],
        json!({"path": "order.avsc", "lines": {"begin": 5}})
    );
    assert_eq!(issue["severity"], "critical");
    let fingerprint = issue["fingerprint"].as_str().expect("a text").to_owned();
    assert_eq!(fingerprint.len(), 32);
    // It stays the same when the place moves.
    let project = project();
    project.write(
        "order.avsc",
        &format!("\n\n{}", record("Order", &[ID, CUSTOMER])),
    );
    let moved = project
        .run(&[
            "check",
            "order.avsc",
            "--against",
            "dir:old",
            "--format",
            "gitlab",
        ])
        .json();
    assert_eq!(moved[0]["fingerprint"], fingerprint);
    assert_eq!(moved[0]["location"]["lines"]["begin"], 7);
}

#[test]
fn junit_is_xml_with_a_case_for_each_schema() {
    let arguments = [
        "check",
        "order.avsc",
        "note.avsc",
        "bad.avsc",
        "--against",
        "dir:old",
        "--format",
        "junit",
    ];
    let run = project().run(&arguments).ends(2);
    let document = roxmltree::Document::parse(&run.out).expect("XML");
    let suite = document
        .root_element()
        .first_element_child()
        .expect("a suite");
    assert_eq!(suite.attribute("tests"), Some("3"));
    assert_eq!(
        (suite.attribute("failures"), suite.attribute("errors")),
        (Some("1"), Some("1"))
    );
    let cases: Vec<_> = suite
        .children()
        .filter(roxmltree::Node::is_element)
        .collect();
    let inside = |at: usize| {
        cases[at]
            .first_element_child()
            .map(|inner| inner.tag_name().name().to_owned())
    };
    assert_eq!(inside(0).as_deref(), Some("failure"));
    assert_eq!(inside(1), None);
    assert_eq!(inside(2).as_deref(), Some("error"));
    let failure = cases[0].first_element_child().expect("a failure");
    assert_eq!(
        failure.attribute("type"),
        Some("READER_FIELD_MISSING_DEFAULT_VALUE")
    );
    assert!(
        failure
            .text()
            .is_some_and(|text| text.contains(" --> order.avsc:5:5\n")),
        "{}",
        run.out
    );
}

/// Names and texts with what XML cannot say.
#[test]
fn junit_stays_xml_whatever_names_hold() {
    let project = Project::new();
    project.write(
        "old.avsc",
        r#"{"type": "record", "name": "R", "fields": []}"#,
    );
    project.write("a<&\".avsc", r#"{"type": "record", "name": "R", "fields": [{"name": "x", "type": "string", "doc": "<]]>&\u0001"}]}"#);
    let run = project
        .run(&[
            "check",
            "a<&\".avsc",
            "--against",
            "old.avsc",
            "--format",
            "junit",
        ])
        .ends(100);
    let document = roxmltree::Document::parse(&run.out).expect("XML");
    let case = document
        .descendants()
        .find(|node| node.has_tag_name("testcase"))
        .expect("a case");
    assert_eq!(case.attribute("name"), Some("a<&\".avsc"));
}

#[test]
fn sarif_has_its_structure() {
    let asked: Value = serde_json::from_str(include_str!("sarif.schema.json")).expect("JSON");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&asked)
        .expect("a schema");
    let project = project();
    project.write("a b%.avsc", &record("Order", &[ID, CUSTOMER]));
    project.write("old/a b%.avsc", &record("Order", &[ID]));
    let arguments = [
        "check",
        "order.avsc",
        "a b%.avsc",
        "bad.avsc",
        "--against",
        "dir:old",
        "--format",
        "sarif",
    ];
    let log = project.run(&arguments).ends(2).json();
    let errors: Vec<String> = validator
        .iter_errors(&log)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [""; 0], "{log}");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], run["tool"]["driver"]["rules"][0]["id"]);
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "order.avsc");
    assert_eq!(
        physical["region"],
        json!({"startLine": 5, "startColumn": 5})
    );
    let uri = &run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20b%25.avsc");
    let fine = project
        .run(&[
            "check",
            "note.avsc",
            "--against",
            "dir:old",
            "--format",
            "sarif",
        ])
        .ends(0)
        .json();
    assert_eq!(fine["runs"][0]["results"], json!([]));
}

/// Not on a terminal, and not where it is refused.
#[test]
fn nothing_is_coloured_that_is_no_terminal() {
    assert!(!check("text").out.contains('\u{1b}'));
}
