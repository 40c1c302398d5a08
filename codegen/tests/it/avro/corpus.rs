//! Real schemas: all of them become types in one crate, which compiles, and what apache-avro writes goes through the types
//! and comes back as the same value.

use std::{
    collections::BTreeMap,
    fs,
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/avro");
    let mut files = Vec::new();
    files_in(&folder, &mut files).ok()?;
    files.sort();
    let texts = files.iter().map(|file| {
        let name = file.strip_prefix(&folder).unwrap().with_extension("");
        (
            name.to_string_lossy().into_owned(),
            fs::read_to_string(file).unwrap(),
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
    let units: Vec<Unit> = corpus.iter().map(|(name, text)| unit(name, text)).collect();
    let options = Options {
        serde: false,
        map: Map::BTreeMap,
        ..Options::default()
    };
    let output = match avro::generate(&units, &options) {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    };
    let functions: Vec<String> = output
        .modules
        .iter()
        .map(|module| {
            let root = module.root.as_ref().expect("every schema has a type");
            format!("again::<{}::{root}>", module.name)
        })
        .collect();
    let main = answering("avro_corpus", &functions);
    let mut running = Compiled::new("avro_corpus", &output, &[], &main).start();
    let mut values = 0;
    for (number, (name, text)) in corpus.iter().enumerate() {
        values += round_trips(&mut running, number, name, text);
    }
    println!(
        "{} schemas, {values} values, {} warnings",
        units.len(),
        output.warnings.len()
    );
    assert!(values > 5 * units.len());
}

/// Sends what apache-avro writes through the types, and counts what came back the same.
fn round_trips(running: &mut Running, number: usize, name: &str, text: &str) -> usize {
    let apache = apache_avro::Schema::parse_str(text);
    let apache = apache.unwrap_or_else(|error| panic!("{name}: {error}"));
    let schema = Schema::parse(text).unwrap();
    let mut random = Random::new(number as u64);
    let values = (0..16).filter_map(|_| random::value(&schema, &mut random));
    let mut count = 0;
    for value in values {
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        let read = |bytes: &[u8]| {
            let reader = GenericDatumReader::builder(&apache).build().unwrap();
            let mut rest = bytes;
            let value = reader.read_value(&mut rest);
            let value = value.unwrap_or_else(|error| panic!("{name}: {bytes:?}: {error}"));
            assert!(rest.is_empty(), "{name}");
            value
        };
        let again = running.ask(number, &bytes);
        let again = again.unwrap_or_else(|error| panic!("{name}: {value:?}: {error}"));
        // Maps come back in another order.
        assert_eq!(read(&again), read(&bytes), "{name}");
        assert_eq!(again.len(), bytes.len(), "{name}");
        count += 1;
    }
    count
}
