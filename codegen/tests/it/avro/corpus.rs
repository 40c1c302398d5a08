//! Real schemas: all of them become types in one crate, which compiles, and what apache-avro writes goes through the types
//! and comes back as the same value, also through the types that borrow.
//!
//! `DOVETAIL_AVRO_SCHEMAS` names a folder of more schemas to try.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use apache_avro::reader::datum::GenericDatumReader;
use dovetail_codegen::{Map, Options, Unit, avro};
use dovetail_runtime::schema::Schema;

use super::{
    compiled::{Compiled, Running, answering},
    random::{self, Random},
    unit,
};

/// The schemas of public projects, where they are present.
pub(super) fn corpus() -> Option<Vec<(String, String)>> {
    schemas_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/avro"))
}

fn schemas_in(folder: &Path) -> Option<Vec<(String, String)>> {
    let mut files = Vec::new();
    files_in(folder, &mut files).ok()?;
    files.sort();
    let texts = files.iter().map(|file| {
        let name = file.strip_prefix(folder).unwrap().with_extension("");
        let text = fs::read(file).unwrap();
        (
            name.to_string_lossy().into_owned(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    });
    Some(texts.collect())
}

fn files_in(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_in(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "avsc")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Schemas of one name and its versions: files of one folder, or folders of one file, that differ in numbers only.
pub(super) fn chains(corpus: &[(String, String)]) -> Vec<Vec<(String, String)>> {
    let mut chains: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, text) in corpus {
        let without = name.replace(|character: char| character.is_ascii_digit(), "");
        chains
            .entry(without)
            .or_default()
            .push((name.clone(), text.clone()));
    }
    chains
        .into_values()
        .filter(|chain| chain.len() > 1)
        .collect()
}

#[test]
fn every_schema_of_the_corpus_becomes_types() {
    let Some(corpus) = corpus() else {
        eprintln!("the corpus is not here");
        return;
    };
    println!("{}", become_types("avro_corpus", &corpus, false));
}

#[test]
fn schemas_from_elsewhere_become_types() {
    let Some(folder) = env::var_os("DOVETAIL_AVRO_SCHEMAS") else {
        return;
    };
    let found = schemas_in(Path::new(&folder)).unwrap();
    let all = found.len();
    let alone = found
        .into_iter()
        .filter(|(name, text)| match Schema::parse(text) {
            Ok(_) => true,
            Err(error) => {
                println!("{name}: {error}");
                false
            }
        });
    let alone: Vec<_> = alone.collect();
    println!("{} of {all} can be read alone", alone.len());
    println!("{}", become_types("avro_elsewhere", &alone, true));
}

/// Compiles and runs the types of all, where asked with everything that can be generated, and says how many there were.
fn become_types(name: &str, corpus: &[(String, String)], with_all: bool) -> String {
    let units: Vec<Unit> = corpus.iter().map(|(name, text)| unit(name, text)).collect();
    let options = Options {
        serde: with_all,
        builders: with_all,
        map: Map::BTreeMap,
        borrowed: true,
        ..Options::default()
    };
    let output = match avro::generate(&units, &options) {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    };
    let mut borrowed = 0;
    let functions: Vec<String> = output
        .modules
        .iter()
        .map(|module| {
            let root = module.root.as_ref().expect("every schema has a type");
            let path = format!("{}::{root}", module.name);
            let twin = format!("{root}Ref<'a> {{");
            if module.source.contains("::AvroRef<'a>") && module.source.contains(&twin) {
                borrowed += 1;
                format!("again_borrowed!({path}, {path}Ref)")
            } else {
                format!("again::<{path}>")
            }
        })
        .collect();
    let main = answering(name, &functions);
    let features: &[&str] = if with_all { &["serde"] } else { &[] };
    let mut running = Compiled::new(name, &output, features, &main).start();
    let mut values = 0;
    let mut judged = 0;
    for (number, schema) in corpus.iter().enumerate() {
        let apache = apache_avro::Schema::parse_str(&schema.1).ok();
        judged += usize::from(apache.is_some());
        values += round_trips(&mut running, number, schema, apache.as_ref());
    }
    assert!(values > 5 * units.len() && 2 * borrowed > units.len());
    format!(
        "{} schemas, {judged} of them known to apache-avro, {borrowed} borrowed, {values} values, {} warnings",
        units.len(),
        output.warnings.len()
    )
}

/// Sends what apache-avro writes through the types, and counts what came back the same.
fn round_trips(
    running: &mut Running,
    number: usize,
    (name, text): &(String, String),
    apache: Option<&apache_avro::Schema>,
) -> usize {
    let schema = Schema::parse(text).unwrap();
    let mut random = Random::new(number as u64);
    let values = (0..16).filter_map(|_| random::value(&schema, &mut random));
    let mut count = 0;
    for value in values {
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        let again = running.ask(number, &bytes);
        let again = again.unwrap_or_else(|error| panic!("{name}: {value:?}: {error}"));
        // Maps come back in another order.
        assert_eq!(again.len(), bytes.len(), "{name}");
        if let Some(apache) = apache {
            let read = |bytes| read_by_apache(apache, name, bytes);
            assert_eq!(read(&again), read(&bytes), "{name}");
        }
        count += 1;
    }
    count
}

fn read_by_apache(
    schema: &apache_avro::Schema,
    name: &str,
    bytes: &[u8],
) -> apache_avro::types::Value {
    let reader = GenericDatumReader::builder(schema).build().unwrap();
    let mut rest = bytes;
    let value = reader.read_value(&mut rest);
    let value = value.unwrap_or_else(|error| panic!("{name}: {bytes:?}: {error}"));
    assert!(rest.is_empty(), "{name}");
    value
}
