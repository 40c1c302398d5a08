//! Where elements stand in a text.

use dovetail_compat::explain::{Side, explain};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

use super::pairs;

fn side(text: &str) -> Side<'_> {
    Side {
        text,
        references: &[],
    }
}

/// "RULE new line:column, previous line:column" of what the new text brings going backward.
fn places(new: &str, previous: &str) -> Vec<String> {
    let explained = explain(
        SchemaType::Protobuf,
        side(new),
        side(previous),
        &[Direction::Backward],
        CompatibilityPolicy::Strict,
    )
    .expect("both are schemas");
    let place = |at: Option<(usize, usize)>| {
        at.map_or_else(
            || "nowhere".to_owned(),
            |(line, column)| format!("{line}:{column}"),
        )
    };
    explained
        .into_iter()
        .map(|one| {
            format!(
                "{} {}, {}",
                one.difference.rule.id,
                place(one.new.map(|at| (at.line, at.column))),
                place(one.previous.map(|at| (at.line, at.column)))
            )
        })
        .collect()
}

#[test]
fn elements_are_found_where_they_are_declared() {
    let previous = "syntax = \"proto3\"; // message M { int32 a = 1; }\npackage p.q;\n\
        message M {\n  message N {\n    oneof o { int32 a = 1; int32 b = 2; }\n    string gone = 3;\n  }\n\
        enum E { Z = 0;\n A = 1; }\n}\nmessage Gone {}\n";
    let new = "\u{feff}syntax = \"proto3\";\npackage p.q;\nmessage M { enum E { Z = 0; /* é */ B = 1; }\n\
        message N {\n  oneof o { string a = 1; }\n} }\n";
    assert_eq!(
        places(new, previous),
        [
            "MESSAGE_REMOVED 2:9, 11:9",
            "FIELD_SCALAR_KIND_CHANGED 5:20, 5:21",
            "ONEOF_FIELD_REMOVED 4:9, 5:34",
            "ENUM_CONST_CHANGED 3:37, 9:2",
            "FIELD_REMOVED 4:9, 6:12",
        ]
    );
}

#[test]
fn a_group_is_found_by_its_field_and_names_may_be_keywords() {
    let previous = "message message {\n optional group Group = 1 { optional int32 option = 1; }\n}";
    let new = "message message {\n optional group Group = 1 { optional string option = 1; }\n optional bool group = 2;\n}";
    // protobuf forbids two fields of one name, so the second text is no schema; the first is enough.
    assert!(super::try_proto(new, &[]).is_err());
    let new = "message message {\n optional string group = 1;\n}";
    let found = places(new, previous);
    assert_eq!(found, ["FIELD_KIND_CHANGED 2:18, 2:17"]);
}

#[test]
fn a_package_is_found_and_one_that_is_absent_is_not() {
    assert_eq!(
        places("package a.b;", "\n package  c;"),
        ["PACKAGE_CHANGED 1:9, 2:11"]
    );
    assert_eq!(places("package a.b;", ""), ["PACKAGE_CHANGED 1:9, nowhere"]);
}

#[test]
fn both_places_of_every_difference_in_the_text_itself_are_found() {
    let (mut all, mut found) = (0, 0);
    for pair in pairs::own() {
        if !pair.new.references.is_empty() || !pair.previous.references.is_empty() {
            continue;
        }
        let explained = explain(
            SchemaType::Protobuf,
            side(&pair.new.text),
            side(&pair.previous.text),
            &[Direction::Backward, Direction::Forward],
            CompatibilityPolicy::Strict,
        )
        .expect("both are schemas");
        for one in explained {
            let places = [
                (
                    &one.difference.reader_place,
                    one.direction == Direction::Backward,
                ),
                (
                    &one.difference.writer_place,
                    one.direction == Direction::Forward,
                ),
            ];
            for (place, is_new) in places {
                // The file itself has no name.
                if place.is_empty() {
                    continue;
                }
                all += 1;
                let position = if is_new { &one.new } else { &one.previous };
                found += usize::from(position.is_some());
                assert!(
                    position.is_some(),
                    "{place} in {}: {:?}",
                    pair.name,
                    one.difference
                );
            }
        }
    }
    println!("protobuf places: {found} of {all} found");
}
