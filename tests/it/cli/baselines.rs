use super::{CUSTOMER, ID, NOTE, Project, pair, record};

const MANIFEST: &str = "[[subject]]\nname = \"orders-value\"\nfile = \"schemas/order.avsc\"\n\
                        [[subject]]\nname = \"money\"\nfile = \"schemas/money.avsc\"\n";
const UNITS: &str = r#"{"name": "units", "type": "long"}"#;
const TOTAL: &str = r#"{"name": "total", "type": "Money"}"#;

/// A repository with one commit on `main`.
fn repository() -> Project {
    let project = Project::new();
    project.write("dovetail.toml", MANIFEST);
    project.write("schemas/money.avsc", &record("Money", &[UNITS]));
    project.write("schemas/order.avsc", &record("Order", &[ID, TOTAL]));
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "schemas"]);
    project
}

#[test]
fn a_revision_needs_no_registry() {
    let project = repository();
    let run = project
        .run(&["check", "--against", "git:main", "--format", "json"])
        .ends(0);
    assert_eq!(
        run.statuses(),
        [
            pair("money", "unchanged"),
            pair("orders-value", "unchanged")
        ]
    );

    project.write(
        "schemas/order.avsc",
        &record("Order", &[ID, TOTAL, CUSTOMER]),
    );
    project
        .run(&["check", "--against", "git:main"])
        .ends(100)
        .says("schemas/order.avsc:6:5")
        .says("BACKWARD (the default)");
    project
        .run(&["check", "--against", "git:main", "--level", "FORWARD"])
        .ends(0);
    project
        .run(&["check", "--against", "git:HEAD~3"])
        .ends(101)
        .says("HEAD~3")
        .says("fetch-depth");
    // A revision is never an option.
    project.run(&["check", "--against", "git:--help"]).ends(101);
}

#[test]
fn what_a_schema_refers_to_is_read_at_the_same_revision() {
    let project = repository();
    project.write("schemas/money.avsc", &record("Money", &[UNITS, CUSTOMER]));
    let run = project
        .run(&["check", "--against", "git:main", "--format", "json"])
        .ends(100);
    assert_eq!(
        run.statuses(),
        [pair("money", "breaking"), pair("orders-value", "breaking")]
    );
    let run = project.run(&[
        "check",
        "--against",
        "git:main",
        "schemas/money.avsc",
        "--format",
        "json",
    ]);
    assert_eq!(run.ends(100).statuses(), [pair("money", "breaking")]);
}

#[test]
fn files_that_were_not_there_are_new() {
    let project = repository();
    project.write("schemas/line.avsc", &record("Line", &[ID]));
    project.write(
        "dovetail.toml",
        &format!("{MANIFEST}[[subject]]\nname = \"line\"\nfile = \"schemas/line.avsc\"\n"),
    );
    project
        .run(&["check", "--against", "git:main"])
        .ends(0)
        .says("1 new");
}

#[test]
fn a_folder_inside_the_repository_is_as_good_as_its_root() {
    let project = repository();
    project.write(
        "schemas/order.avsc",
        &record("Order", &[ID, TOTAL, CUSTOMER]),
    );
    let run = project.shell("cd schemas && dovetail check order.avsc --against git:main");
    run.ends(100).says("order.avsc:6:5");
}

#[test]
fn files_outside_the_manifest_find_what_they_refer_to_around_them() {
    let project = Project::new();
    project.write(
        "old/shop/order.proto",
        "syntax = \"proto3\";\nimport \"common/money.proto\";\nmessage O { M m = 1; }\n",
    );
    project.write(
        "old/common/money.proto",
        "syntax = \"proto3\";\nmessage M { int32 a = 1; }\n",
    );
    project.write(
        "new/shop/order.proto",
        "syntax = \"proto3\";\nimport \"common/money.proto\";\nmessage O { M m = 1; }\n",
    );
    project.write(
        "new/common/money.proto",
        "syntax = \"proto3\";\nmessage M { string a = 1; }\n",
    );
    project
        .run(&[
            "check",
            "new/shop/order.proto",
            "--against",
            "old/shop/order.proto",
        ])
        .ends(100)
        .says("FIELD_");
    project
        .shell("cd new && dovetail check shop/order.proto --against dir:../old")
        .ends(100)
        .says("../old/shop/order.proto");
}

#[test]
fn a_file_is_a_baseline_for_one_file() {
    let project = Project::new();
    project.write("old.avsc", &record("Order", &[ID]));
    project.write("new.avsc", &record("Order", &[ID, NOTE]));
    project.write("bad.avsc", "{");
    project
        .run(&["check", "new.avsc", "--against", "old.avsc"])
        .ends(0)
        .says("compatible");
    project
        .run(&[
            "check",
            "old.avsc",
            "--against",
            "new.avsc",
            "--level",
            "FULL",
        ])
        .ends(0);
    project
        .run(&["check", "new.avsc", "old.avsc", "--against", "old.avsc"])
        .ends(2)
        .says("one schema");
    // A baseline that cannot be read is no verdict, a schema that cannot be read is bad input.
    project
        .run(&["check", "new.avsc", "--against", "bad.avsc"])
        .ends(101);
    project
        .run(&["check", "bad.avsc", "--against", "old.avsc"])
        .ends(2);
    project
        .run(&["check", "new.avsc", "--against", "dir:nowhere"])
        .ends(101);
}

#[test]
fn another_format_is_a_finding() {
    let project = Project::new();
    project.write("old.avsc", &record("Order", &[ID]));
    project.write("new.json", r#"{"type": "object"}"#);
    project
        .run(&["check", "new.json", "--against", "old.avsc"])
        .ends(100)
        .says("SCHEMA_TYPE_CHANGED");
}
