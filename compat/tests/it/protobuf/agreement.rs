//! Two parsers, one meaning: messages, fields, numbers, labels, types, oneofs and constants of every text, as protox (the
//! parser we use) and protobuf-parse (the one we do not) see them.
//!
//! Its documented defects are taken into account: it puts the oneofs of proto3's `optional` in another order, so oneofs
//! are compared by name.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::prost_types;
use protobuf::descriptor as other;
use protox::{
    Compiler,
    file::{ChainFileResolver, File, FileResolver, GoogleFileResolver},
};

use super::{
    canonical, opinion,
    pairs::{self, Source},
};

/// "p.M.a = 1: label type in oneof" and the like, for everything a file declares.
type Facts = BTreeSet<String>;

#[test]
fn both_parsers_see_the_same() {
    let mut sources: Vec<Source> = Vec::new();
    for pair in pairs::own().into_iter().chain(pairs::published()) {
        sources.extend([pair.previous, pair.new]);
    }
    let texts = canonical::TEXTS.iter().map(|text| Source {
        text: (*text).to_owned(),
        references: Vec::new(),
    });
    sources.extend(texts);
    let (mut compared, mut agreed, mut refused) = (0, 0, BTreeMap::new());
    let mut disagreements = Vec::new();
    for source in &sources {
        let ours = ours(source);
        let theirs = match opinion::parsed(source) {
            Ok(files) => files,
            Err(error) => {
                let line = error.lines().last().unwrap_or_default().to_owned();
                *refused.entry(line).or_insert(0) += 1;
                continue;
            }
        };
        compared += 1;
        let theirs = theirs
            .iter()
            .find(|file| file.name() == "the/text.proto")
            .map(their_facts)
            .unwrap_or_default();
        if ours == theirs {
            agreed += 1;
        } else {
            let differs: Vec<&String> = ours.symmetric_difference(&theirs).collect();
            disagreements.push(format!("{}\n{differs:?}", source.text));
        }
    }
    println!(
        "protobuf agreement: {agreed} of {compared} texts mean the same to protox and protobuf-parse; it refuses {} of {}",
        sources.len() - compared,
        sources.len()
    );
    for (error, count) in &refused {
        println!("  refused {count}: {error}");
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n\n"));
}

/// The references, and the files that are bundled with the crate.
struct Files(Vec<(String, String)>);

impl FileResolver for Files {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if let Some((_, text)) = self.0.iter().find(|(reference, _)| reference == name) {
            return File::from_source(name, text);
        }
        let bundled =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../protobuf/src/bundled");
        match std::fs::read_to_string(bundled.join(name)) {
            Ok(text) => File::from_source(name, &text),
            Err(_) => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn ours(source: &Source) -> Facts {
    let mut files = source.references.clone();
    files.push(("the/text.proto".to_owned(), source.text.clone()));
    let mut resolver = ChainFileResolver::new();
    resolver.add(GoogleFileResolver::new());
    resolver.add(Files(files));
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler
        .open_file("the/text.proto")
        .unwrap_or_else(|error| panic!("{error:?}\n{}", source.text));
    let set = compiler.file_descriptor_set();
    let file = set.file.iter().find(|file| file.name() == "the/text.proto");
    file.map(our_facts).unwrap_or_default()
}

fn our_facts(file: &prost_types::FileDescriptorProto) -> Facts {
    let mut facts = Facts::new();
    facts.insert(format!("package {}", file.package()));
    let scope = file.package();
    for one in &file.enum_type {
        our_constants(scope, one, &mut facts);
    }
    for message in &file.message_type {
        our_message(scope, message, &mut facts);
    }
    facts
}

fn our_message(scope: &str, message: &prost_types::DescriptorProto, facts: &mut Facts) {
    let full = format!("{scope}.{}", message.name());
    facts.insert(format!("message {full}"));
    for field in &message.field {
        let oneof = field
            .oneof_index
            .and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?))
            .map(|oneof| oneof.name().to_owned());
        facts.insert(format!(
            "{full}.{} = {}: {} {} {} {oneof:?} {}",
            field.name(),
            field.number(),
            field.label() as i32,
            field.r#type() as i32,
            field.type_name(),
            field.proto3_optional()
        ));
    }
    for one in &message.enum_type {
        our_constants(&full, one, facts);
    }
    for inner in &message.nested_type {
        our_message(&full, inner, facts);
    }
}

fn our_constants(scope: &str, one: &prost_types::EnumDescriptorProto, facts: &mut Facts) {
    for value in &one.value {
        let (name, constant, number) = (one.name(), value.name(), value.number());
        facts.insert(format!("enum {scope}.{name}.{constant} = {number}"));
    }
}

fn their_facts(file: &other::FileDescriptorProto) -> Facts {
    let mut facts = Facts::new();
    facts.insert(format!("package {}", file.package()));
    let scope = file.package();
    for one in &file.enum_type {
        their_constants(scope, one, &mut facts);
    }
    for message in &file.message_type {
        their_message(scope, message, &mut facts);
    }
    facts
}

fn their_message(scope: &str, message: &other::DescriptorProto, facts: &mut Facts) {
    let full = format!("{scope}.{}", message.name());
    facts.insert(format!("message {full}"));
    for field in &message.field {
        let oneof = field
            .oneof_index
            .and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?))
            .map(|oneof| oneof.name().to_owned());
        facts.insert(format!(
            "{full}.{} = {}: {} {} {} {oneof:?} {}",
            field.name(),
            field.number(),
            field.label() as i32,
            field.type_() as i32,
            field.type_name(),
            field.proto3_optional()
        ));
    }
    for one in &message.enum_type {
        their_constants(&full, one, facts);
    }
    for inner in &message.nested_type {
        their_message(&full, inner, facts);
    }
}

fn their_constants(scope: &str, one: &other::EnumDescriptorProto, facts: &mut Facts) {
    for value in &one.value {
        let (name, constant, number) = (one.name(), value.name(), value.number());
        facts.insert(format!("enum {scope}.{name}.{constant} = {number}"));
    }
}
