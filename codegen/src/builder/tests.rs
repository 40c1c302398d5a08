//! What cargo is told: the files that were read, of each format, and no other.

use std::{collections::BTreeSet, fs, path::Path};

use dovetail_model::{QualifiedSubject, SchemaId, SchemaType, Version};

use super::Builder;
use crate::{
    lock::{Lock, LockedReference, LockedSchema, LockedSubject},
    vendor,
};

/// Of each format a text that refers to another, and that other: the ending, the name of the reference, and both.
const PAIRS: [(SchemaType, &str, &str, &str, &str); 3] = [
    (
        SchemaType::Avro,
        "avsc",
        "Money",
        r#"{"type": "record", "name": "Order", "fields": [{"name": "sum", "type": "Money"}]}"#,
        r#"{"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long"}]}"#,
    ),
    (
        SchemaType::Protobuf,
        "proto",
        "money.proto",
        "syntax = \"proto3\"; import \"money.proto\"; message Order { Money sum = 1; }",
        "syntax = \"proto3\"; message Money { int64 cents = 1; }",
    ),
    (
        SchemaType::Json,
        "json",
        "money.json",
        r#"{"type": "object", "properties": {"sum": {"$ref": "money.json"}}}"#,
        r#"{"type": "object", "properties": {"cents": {"type": "integer"}}}"#,
    ),
];

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// The files that a build reads, from the folder of its manifest on.
fn read(root: &Path) -> BTreeSet<String> {
    let mut read = Vec::new();
    let builder = Builder::new().manifest(root.join("dovetail.toml"));
    let made = builder.generate_reading(&mut read);
    made.unwrap_or_else(|error| panic!("{error}"));
    let names = read.iter().map(|path| {
        let path = path.strip_prefix(root).expect("a file of the project");
        path.to_string_lossy().replace('\\', "/")
    });
    names.collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn of_owned_files_those_are_read_that_the_manifest_names() {
    for (_, end, _, order, money) in PAIRS {
        let root = tempfile::tempdir().expect("a folder");
        let (one, other) = (format!("own/order.{end}"), format!("own/money.{end}"));
        let manifest = format!(
            "[[subject]]\nname = \"orders\"\nfile = \"{one}\"\n[[subject]]\nname = \"money\"\nfile = \"{other}\"\n"
        );
        write(root.path(), "dovetail.toml", &manifest);
        write(root.path(), &one, order);
        write(root.path(), &other, money);
        write(root.path(), &format!("own/unused.{end}"), money);
        let expected = names(&["dovetail.toml", &one, &other]);
        assert_eq!(read(root.path()), expected);
    }
}

#[test]
fn of_vendored_texts_those_are_read_that_the_lock_pins() {
    for (schema_type, end, name, order, money) in PAIRS {
        let root = tempfile::tempdir().expect("a folder");
        let manifest =
            "registry = \"http://127.0.0.1:1\"\n[[subject]]\nname = \"orders\"\nversion = 1\n";
        write(root.path(), "dovetail.toml", manifest);
        let subject = |name: &str| QualifiedSubject::parse(name).expect("a subject");
        let version = || Version::new(1).expect("a version");
        let schema = |of: &str, id, text: &str, references| LockedSchema {
            subject: subject(of),
            version: version(),
            id: SchemaId::new(id).expect("an id"),
            guid: None,
            schema_type,
            sha256: vendor::sha256(text.as_bytes()),
            file: format!("schemas/registry/{of}/v1.{end}"),
            references,
        };
        let reference = LockedReference {
            name: name.to_owned(),
            subject: subject("money"),
            version: version(),
        };
        let mut lock = Lock::new("0.1.0", "http://127.0.0.1:1");
        lock.subjects.push(LockedSubject {
            name: subject("orders"),
            request: Some("1".to_owned()),
            source_sha256: None,
            version: version(),
            also: Vec::new(),
        });
        lock.schemas = vec![
            schema("orders", 2, order, vec![reference]),
            schema("money", 1, money, Vec::new()),
        ];
        write(root.path(), "dovetail.lock", &lock.print());
        for (schema, text) in lock.schemas.iter().zip([order, money]) {
            write(root.path(), &schema.file, text);
        }
        write(
            root.path(),
            &format!("schemas/registry/orders/v2.{end}"),
            order,
        );
        let expected = [
            "dovetail.toml",
            "dovetail.lock",
            &lock.schemas[0].file,
            &lock.schemas[1].file,
        ];
        assert_eq!(read(root.path()), names(&expected));
    }
}
