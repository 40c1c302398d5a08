//! What a change is as an event. Every event that is made here is validated against its committed schema.

use std::sync::Arc;

use dovetail_compat::identity;
use dovetail_model::{
    CompatibilityLevel, Context, Direction, Mode, QualifiedSubject, Reference, SchemaId,
    SchemaType, Version, bodies::Config,
};
use dovetail_server::{
    core::{Change, ChangeKind, Deleted, Facts, Registered, Scope, Summary, SummaryRow},
    webhooks::{
        event::{Event, Extras, MAX_BODY_BYTES, Place, Source},
        event_type::{EventSelector, EventType},
        filter::{EventFilter, SubjectPattern},
        notice::{self, Stamp},
    },
};
use serde_json::{Value, json};

fn source() -> Source {
    Source::new("https://schemas.example.com/")
}

fn subject(name: &str) -> QualifiedSubject {
    QualifiedSubject::parse(name).unwrap()
}

fn number(version: i64) -> Version {
    Version::new(version).unwrap()
}

fn id(number: i64) -> SchemaId {
    SchemaId::new(number).unwrap()
}

fn change(seq: u64, kind: ChangeKind) -> Change {
    Change {
        seq,
        at: 1_795_203_453_660,
        actor: "anonymous".to_owned(),
        kind,
    }
}

fn registered(name: &str, version: i64) -> Registered {
    let guid = identity("\"int\"", &[], None, None);
    Registered {
        subject: subject(name),
        version: number(version),
        id: id(3),
        guid,
        text_guid: guid,
        schema_type: SchemaType::Avro,
        has_extras: false,
        references: Vec::new(),
        purged: Vec::new(),
        imported: None,
        facts: Some(Arc::new(Facts {
            sha256: "0".repeat(64),
            size: 5,
            level: CompatibilityLevel::Backward,
            creates_subject: version == 1,
            summary: None,
        })),
    }
}

fn deleted(versions: &[i64], permanent: bool) -> Deleted {
    Deleted {
        subject: subject("a"),
        versions: versions.iter().copied().map(number).collect(),
        permanent,
        forgotten: Vec::new(),
        ids: versions.iter().map(|_| id(9)).collect(),
    }
}

/// Writes an event, and holds it against its schema and against the documented keys.
#[track_caller]
fn body(event: &Event, extras: Extras<'_>) -> Value {
    let text = event.body(extras);
    assert!(text.len() <= MAX_BODY_BYTES);
    let body: Value = serde_json::from_slice(&text).unwrap();
    let mut schema: Value = serde_json::from_str(event.kind.schema()).unwrap();
    close(&mut schema);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    if let Some(error) = validator.iter_errors(&body).next() {
        panic!(
            "{}: {error} at {}\n{body}",
            event.kind.name(),
            error.instance_path()
        );
    }
    body
}

/// What is sent must be described, although readers are told to pass over what they do not know.
fn close(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    if fields.contains_key("properties") {
        fields.insert("additionalProperties".to_owned(), json!(false));
    }
    fields.values_mut().for_each(close);
}

#[track_caller]
fn plain(kind: ChangeKind) -> Value {
    body(&Event::of(&change(31, kind), &source()), Extras::default())
}

#[test]
fn a_registration_says_what_and_where() {
    let event = plain(ChangeKind::SchemaRegistered(registered(":.team:a/b", 7)));
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "dev.dovetail.schema.version.registered.v1");
    assert_eq!(
        event["source"],
        "https://schemas.example.com/subjects/%3A.team%3Aa%2Fb"
    );
    assert_eq!(event["subject"], "versions/7");
    assert_eq!(event["time"], "2026-11-20T19:37:33.660Z");
    assert_eq!(event["sequence"], "00000000000000000031");
    assert_eq!(event["partitionkey"], ":.team:a/b");
    assert_eq!(
        event["dataschema"],
        "https://schemas.example.com/api/v1/webhooks/event-types/schema.version.registered"
    );
    assert_eq!(event["data"]["subject"], ":.team:a/b");
    assert_eq!(event["data"]["context"], ".team");
    assert_eq!(
        (&event["data"]["version"], &event["data"]["schema_id"]),
        (&json!(7), &json!(3))
    );
    assert_eq!(event["data"]["creates_subject"], false);
    assert_eq!(
        event["data"]["url"],
        "https://schemas.example.com/subjects/%3A.team%3Aa%2Fb/versions/7"
    );
}

#[test]
fn every_kind_of_change_is_one_valid_event() {
    let whole = |context| Scope {
        context,
        subject: None,
    };
    let mut restored = registered("a", 2);
    restored.purged = vec![number(2)];
    let mut replacing = registered("a", 4);
    replacing.purged = vec![number(2), number(3)];
    let mut old = registered("a", 1);
    old.facts = None;
    let config = Config {
        compatibility_level: Some(CompatibilityLevel::Full),
        ..Config::default()
    };
    let kinds = [
        (
            ChangeKind::SchemaRegistered(registered("a", 1)),
            EventType::VersionRegistered,
        ),
        (
            ChangeKind::SchemaRegistered(restored),
            EventType::VersionRestored,
        ),
        (
            ChangeKind::SchemaRegistered(replacing),
            EventType::VersionRegistered,
        ),
        (
            ChangeKind::SchemaRegistered(old),
            EventType::VersionRegistered,
        ),
        (
            ChangeKind::VersionDeleted(deleted(&[2], false)),
            EventType::VersionDeleted,
        ),
        (
            ChangeKind::SubjectDeleted(deleted(&[1, 2], true)),
            EventType::SubjectDeleted,
        ),
        (
            ChangeKind::ConfigChanged {
                scope: Scope::subject(&subject("a")),
                config: Some(Box::new(config)),
            },
            EventType::CompatibilityChanged,
        ),
        (
            ChangeKind::ConfigChanged {
                scope: whole(Context::new(".team")),
                config: None,
            },
            EventType::CompatibilityChanged,
        ),
        (
            ChangeKind::ModeChanged {
                scope: whole(Context::global()),
                mode: Some(Mode::ReadOnly),
            },
            EventType::ModeChanged,
        ),
    ];
    for (kind, expected) in kinds {
        let event = plain(kind);
        assert_eq!(event["type"], expected.full_name());
    }
}

#[test]
fn notices_are_valid_too() {
    let source = source();
    let stamp = Stamp {
        at: 1_795_203_453_660,
        random: [7; 10],
        source: &source,
    };
    let skipped: Vec<String> = (0..2000)
        .map(|number| format!("evt_{number:026}"))
        .collect();
    let place = Place::Subject(subject("a"));
    let notices = [
        notice::test("wh_1", stamp),
        notice::gap("wh_1", place, &skipped, "status", stamp),
        notice::disabled("wh_1", "no success for 5 days", stamp),
        notice::recovered("wh_1", stamp),
    ];
    for event in &notices {
        let body = body(event, Extras::default());
        assert!(body.get("sequence").is_none());
    }
    let gap = body(&notices[1], Extras::default());
    assert_eq!(gap["data"]["count"], 2000);
    assert_eq!(gap["data"]["truncated"], true);
}

#[test]
fn every_type_has_a_schema_and_an_example_that_keeps_it() {
    for event_type in EventType::ALL {
        let mut schema: Value = serde_json::from_str(event_type.schema()).unwrap();
        let example = schema["examples"][0].clone();
        assert_eq!(example["type"], event_type.full_name());
        close(&mut schema);
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let first = validator.iter_errors(&example).next();
        assert!(first.is_none(), "{}: {first:?}", event_type.name());
        assert_eq!(event_type.name().parse(), Ok(event_type));
        assert_eq!(event_type.full_name().parse(), Ok(event_type));
    }
    assert!("schema.version".parse::<EventType>().is_err());
    assert!("dev.dovetail.mode.changed.v2".parse::<EventType>().is_err());
}

#[test]
fn an_id_follows_from_the_change_alone_and_sorts_as_the_log_does() {
    let of = |seq, at, name: &str| {
        let kind = ChangeKind::SchemaRegistered(registered(name, 1));
        let change = Change {
            at,
            ..change(seq, kind)
        };
        Event::of(&change, &source()).id
    };
    assert_eq!(of(1, 5, "a"), of(1, 5, "a"));
    assert_ne!(of(1, 5, "a"), of(1, 6, "a"), "another run of the log");
    assert_ne!(of(1, 5, "a"), of(1, 5, "b"));
    let ids: Vec<String> = [1, 2, 31, 32, 1000, 1 << 40]
        .into_iter()
        .map(|seq| of(seq, 5, "a"))
        .collect();
    assert!(ids.is_sorted());
    assert!(ids.iter().all(|id| id.len() == 30 && !id.contains('.')));
}

#[test]
fn what_is_too_large_is_left_out_and_said() {
    let mut large = registered("a", 2);
    large.references = (0..1000)
        .map(|number| Reference {
            name: format!("{number}{}", "n".repeat(90)),
            subject: "s".repeat(90),
            version: 1,
        })
        .collect();
    let row = SummaryRow {
        rule: "FIELD_REMOVED".to_owned(),
        path: "p".repeat(160),
        direction: Direction::Backward,
        breaks: false,
    };
    let facts = large.facts.as_mut().unwrap();
    Arc::make_mut(facts).summary = Some(Summary {
        previous_version: Some(number(1)),
        differences: vec![row; 50],
        omitted: 3,
    });
    let event = Event::of(&change(1, ChangeKind::SchemaRegistered(large)), &source());
    let written = body(&event, Extras::default());
    assert_eq!(written["data"]["truncated"], true);
    assert!(written["data"].get("changes").is_none(), "goes first");
    assert!(written["data"].get("references").is_none());
    assert_eq!(written["data"]["version"], 2);

    let many: Vec<i64> = (1..=100_000).collect();
    let kind = ChangeKind::SubjectDeleted(deleted(&many, false));
    let written = plain(kind);
    assert_eq!(written["data"]["version_count"], 100_000);
    assert_eq!(written["data"]["truncated"], true);
}

#[test]
fn the_text_and_the_actor_come_only_where_they_are_asked_for() {
    let event = Event::of(
        &change(1, ChangeKind::SchemaRegistered(registered("a", 1))),
        &source(),
    );
    let thin = body(&event, Extras::default());
    assert!(thin["data"].get("schema").is_none() && thin["data"].get("actor").is_none());
    let extras = Extras {
        schema: Some("\"int\""),
        actor: true,
    };
    let rich = body(&event, extras);
    assert_eq!(rich["data"]["schema"], "\"int\"");
    assert_eq!(rich["data"]["actor"], "anonymous");
    let long = "x".repeat(16 * 1024 + 1);
    let extras = Extras {
        schema: Some(&long),
        actor: false,
    };
    let without = body(&event, extras);
    assert!(without["data"].get("schema").is_none());
    assert_eq!(without["data"]["truncated"], true);
}

/// A filter of these types and subjects, with commas between them.
fn filter(types: &str, subjects: &str) -> EventFilter {
    let split = |text: &'static str| text.split(',').filter(|one| !one.is_empty());
    let types: &'static str = types.to_owned().leak();
    let subjects: &'static str = subjects.to_owned().leak();
    EventFilter {
        types: split(types)
            .map(|one| one.parse::<EventSelector>().unwrap())
            .collect(),
        subjects: split(subjects)
            .map(|one| one.parse::<SubjectPattern>().unwrap())
            .collect(),
    }
}

#[test]
fn filters_take_what_was_asked_for() {
    let of = |kind| Event::of(&change(1, kind), &source());
    let first = |name: &str| of(ChangeKind::SchemaRegistered(registered(name, 1)));
    let second = |name: &str| of(ChangeKind::SchemaRegistered(registered(name, 2)));
    let level = |context: Context| {
        let scope = Scope {
            context,
            subject: None,
        };
        of(ChangeKind::ConfigChanged {
            scope,
            config: None,
        })
    };
    let rows = [
        ("", "", first("a"), true),
        ("*", "", first("a"), true),
        ("schema.version.registered", "", first("a"), true),
        (
            "dev.dovetail.schema.version.registered.v1",
            "",
            first("a"),
            true,
        ),
        ("mode.changed", "", first("a"), false),
        (
            "mode.changed,schema.version.registered",
            "",
            first("a"),
            true,
        ),
        ("subject.created", "", first("a"), true),
        ("subject.created", "", second("a"), false),
        ("", "a", first("a"), true),
        ("", "a", first("ab"), false),
        ("", "a*", first("ab"), true),
        ("", "a*", first(":.team:ab"), false),
        ("", "*", first(":.team:ab"), true),
        ("", ":.team:a*", first(":.team:ab"), true),
        ("", ":.team:*", first(":.team:ab"), true),
        ("", ":.team:a*", first("ab"), false),
        ("", "x,a*", first("ab"), true),
        ("", "", level(Context::default()), true),
        ("", "a", level(Context::default()), false),
        ("", "a*", level(Context::global()), false),
        ("", "*", level(Context::new(".team")), true),
    ];
    for (types, subjects, event, expected) in rows {
        let taken = filter(types, subjects).takes(&event);
        assert_eq!(taken, expected, "{types} {subjects} {:?}", event.place);
    }
    for wrong in ["", "a\u{0}*", "__GLOBAL", ":.team"] {
        assert!(wrong.parse::<SubjectPattern>().is_err(), "{wrong}");
    }
    for fine in ["*", "a*", "a*b", ":.team:*", ":.te*", "a b"] {
        let pattern: SubjectPattern = fine.parse().unwrap();
        assert_eq!(pattern.to_string(), fine);
    }
}
