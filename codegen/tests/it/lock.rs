//! `dovetail.lock` and the texts it pins: what is written is read again, and whatever was changed is noticed.

use std::{fs, path::Path};

use dovetail_codegen::{
    agree,
    lock::{Lock, LockedReference, LockedSchema, LockedSubject},
    manifest::Manifest,
    vendor,
};
use dovetail_model::{QualifiedSubject, SchemaId, SchemaType, Version};

const MANIFEST: &str = "registry = \"http://127.0.0.1:8081\"\n[[subject]]\nname = \"orders-value\"\nversion = 2\nalso = [1]\n";

fn subject(name: &str) -> QualifiedSubject {
    QualifiedSubject::parse(name).expect("a subject")
}

fn version(number: i64) -> Version {
    Version::new(number).expect("a version")
}

fn reference(name: &str, target: &str, number: i64) -> LockedReference {
    LockedReference {
        name: name.to_owned(),
        subject: subject(target),
        version: version(number),
    }
}

fn schema(name: &str, number: i64, text: &str, references: Vec<LockedReference>) -> LockedSchema {
    LockedSchema {
        subject: subject(name),
        version: version(number),
        id: SchemaId::new(number).expect("an id"),
        guid: None,
        schema_type: SchemaType::Avro,
        sha256: vendor::sha256(text.as_bytes()),
        file: format!("schemas/registry/{name}/v{number}.avsc"),
        references,
    }
}

/// A project that is in order: `orders-value` at 2 and 1, and `money`, which both refer to.
fn project(root: &Path) -> (Manifest, Lock) {
    fs::write(root.join("dovetail.toml"), MANIFEST).expect("a manifest");
    let manifest = Manifest::read(&root.join("dovetail.toml")).expect("a manifest");
    let mut lock = Lock::new("0.1.0", "http://127.0.0.1:8081");
    lock.subjects.push(LockedSubject {
        name: subject("orders-value"),
        request: Some("2".to_owned()),
        source_sha256: None,
        version: version(2),
        also: vec![version(1)],
    });
    let money = || vec![reference("Money", "money", 7)];
    lock.schemas = vec![
        schema("orders-value", 2, "\"Money\"", money()),
        schema("orders-value", 1, "\"Money\" ", money()),
        schema("money", 7, "\"long\"", Vec::new()),
    ];
    for (schema, text) in lock
        .schemas
        .iter()
        .zip(["\"Money\"", "\"Money\" ", "\"long\""])
    {
        let file = root.join(&schema.file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a text");
    }
    (manifest, lock)
}

fn said(manifest: &Manifest, lock: &Lock) -> String {
    let found = agree::disagreements(manifest, lock);
    found
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn what_is_written_is_read_again_and_sorted() {
    let root = tempfile::tempdir().expect("a folder");
    let (_, lock) = project(root.path());
    let text = lock.print();
    let read = Lock::parse(&text).expect("a lock");
    assert_eq!(read.print(), text);
    let order: Vec<_> = read
        .schemas
        .iter()
        .map(|schema| (schema.subject.to_string(), schema.version.get()))
        .collect();
    assert_eq!(
        order,
        [
            ("money".to_owned(), 7),
            ("orders-value".to_owned(), 1),
            ("orders-value".to_owned(), 2)
        ]
    );
}

#[test]
fn a_project_in_order_has_nothing_to_say() {
    let root = tempfile::tempdir().expect("a folder");
    let (manifest, lock) = project(root.path());
    assert_eq!(said(&manifest, &lock), "");
    assert_eq!(agree::leftovers(&manifest, &lock).expect("a folder"), []);
}

#[test]
fn an_edited_text_is_named_with_both_hashes_and_the_fix() {
    let root = tempfile::tempdir().expect("a folder");
    let (manifest, lock) = project(root.path());
    fs::write(
        root.path().join("schemas/registry/money/v7.avsc"),
        "\"int\"",
    )
    .expect("a text");
    let said = said(&manifest, &lock);
    for part in [
        "schemas/registry/money/v7.avsc",
        &vendor::sha256(b"\"long\""),
        &vendor::sha256(b"\"int\""),
        "dovetail pull",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn everything_that_disagrees_is_said_at_once() {
    let root = tempfile::tempdir().expect("a folder");
    let (_, mut lock) = project(root.path());
    fs::remove_file(root.path().join("schemas/registry/orders-value/v1.avsc")).expect("a text");
    lock.schemas
        .retain(|schema| schema.subject != subject("money"));
    let manifest = Manifest::parse(
        &root.path().join("dovetail.toml"),
        "[[subject]]\nname = \"orders-value\"\nversion = 3\n[[subject]]\nname = \"new\"\n",
    )
    .expect("a manifest");
    let said = said(&manifest, &lock);
    for part in [
        "dovetail.toml:1: subject \"orders-value\" is asked for at version 3, and dovetail.lock pins version 2",
        "dovetail.toml:4: subject \"new\" is not in dovetail.lock",
        "it lacks money version 7, which is referred to as \"Money\"",
        "schemas/registry/orders-value/v1.avsc: it is missing",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn what_nothing_asks_for_is_left_over() {
    let root = tempfile::tempdir().expect("a folder");
    let (manifest, mut lock) = project(root.path());
    lock.schemas.push(schema("old", 1, "\"long\"", Vec::new()));
    lock.registry = "http://elsewhere".to_owned();
    fs::write(root.path().join("schemas/registry/stray.avsc"), "x").expect("a text");
    let left = agree::leftovers(&manifest, &lock).expect("a folder");
    let said: Vec<_> = left.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("http://elsewhere"), "{said:?}");
    assert!(
        said[1].contains("nothing asks for old version 1"),
        "{said:?}"
    );
    assert!(
        said[2].contains("schemas/registry/stray.avsc: nothing pins it"),
        "{said:?}"
    );
}

#[test]
fn references_come_before_those_who_use_them_and_cycles_are_refused() {
    let mut lock = Lock::new("0.1.0", "http://127.0.0.1:8081");
    lock.schemas = vec![
        schema(
            "a",
            1,
            "",
            vec![reference("B", "b", 1), reference("C", "c", 1)],
        ),
        schema("b", 1, "", vec![reference("D", "d", 1)]),
        schema(
            "c",
            1,
            "",
            vec![reference("D", "d", 1), reference("B", "b", 1)],
        ),
        schema("d", 1, "", Vec::new()),
    ];
    let closure = lock.closure(&lock.schemas[0]).expect("a closure");
    let names: Vec<_> = closure.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["D", "B", "C"]);

    lock.schemas[3].references = vec![reference("A", "a", 1)];
    let refused = lock.closure(&lock.schemas[0]).expect_err("a cycle");
    assert!(refused.contains("refers to itself"), "{refused}");
}

#[test]
fn a_lock_that_cannot_be_used_says_why() {
    for (text, expected) in [
        ("", "its layout is none"),
        ("version = 2\n", "its layout is 2"),
        ("version = 1\n<<<<<<< HEAD\n", "merge conflicts"),
        (
            "version = 1\ngenerator = \"x\"\nregistry = \"y\"\nextra = 1\n",
            "extra",
        ),
    ] {
        let said = Lock::parse(text).expect_err(text);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn every_subject_has_a_file_of_its_own_that_any_file_system_can_hold() {
    let names = [
        "orders-value",
        "Orders-value",
        "a/b",
        "a_b",
        "a:b",
        "con",
        "COM1.x",
        "..",
        ".hidden",
        "dot.",
        ":.staging:orders-value",
        "名前",
        &"x".repeat(500),
        &"y".repeat(501),
    ];
    let subjects: Vec<_> = names.iter().map(|name| subject(name)).collect();
    let listed = subjects
        .iter()
        .map(|subject| (subject, version(3), SchemaType::Protobuf));
    let files = vendor::files(listed);
    let mut folded: Vec<_> = files.iter().map(|file| file.to_lowercase()).collect();
    folded.sort();
    folded.dedup();
    assert_eq!(folded.len(), names.len(), "{files:?}");
    for file in &files {
        let parts: Vec<_> = file.split('/').collect();
        assert_eq!(parts.len(), 4, "{file}");
        assert_eq!(parts[3], "v3.proto");
        assert!(parts[2].len() < 200 && !parts[2].starts_with('.'), "{file}");
    }
    let alone = [(&subjects[0], version(1), SchemaType::Avro)];
    assert_eq!(
        vendor::files(alone.into_iter()),
        ["schemas/registry/orders-value/v1.avsc"]
    );
}

#[test]
fn a_lock_names_no_file_outside_the_project() {
    let root = tempfile::tempdir().expect("a folder");
    for file in ["../secret", "/etc/passwd", "a/../../b", "C:\\x", ""] {
        let mut one = schema("a", 1, "", Vec::new());
        one.file = file.to_owned();
        let refused = vendor::read(root.path(), &one).expect_err(file);
        assert!(
            refused.to_string().contains("not a path inside"),
            "{refused}"
        );
    }
}

#[test]
fn a_registry_is_told_without_its_password() {
    for (url, shown) in [
        (
            "https://me:secret@registry.example/",
            "https://registry.example",
        ),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        (
            "https://registry.example/path/",
            "https://registry.example/path",
        ),
    ] {
        assert_eq!(agree::without_credentials(url), shown);
    }
}
