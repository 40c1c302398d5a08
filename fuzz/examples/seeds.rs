//! Writes the texts of `compat/tests/cases` to the corpora of the targets that read texts.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash as _, Hasher as _},
    io,
    path::Path,
};

use serde_json::Value;

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    for format in ["avro", "protobuf", "json_schema"] {
        for file in fs::read_dir(fuzz.join("../compat/tests/cases").join(format))? {
            let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(file?.path())?)?;
            for case in &cases {
                let [previous, new] = ["previous", "new"].map(|side| match &case[side] {
                    Value::String(text) if format == "protobuf" => text.clone(),
                    json => json.to_string(),
                });
                let parse = format!("parse_{format}");
                write(fuzz, &parse, previous.as_bytes())?;
                write(fuzz, &parse, new.as_bytes())?;
                let raw = ["avro", "protobuf", "json_schema"]
                    .iter()
                    .position(|one| *one == format);
                let raw = u8::try_from(raw.unwrap_or_default() + 3).unwrap_or_default();
                write(fuzz, "generate", &[&[raw], new.as_bytes()].concat())?;
                write(
                    fuzz,
                    "change_texts",
                    format!("{}{previous}\0{new}", &format[..1]).as_bytes(),
                )?;
            }
        }
    }
    Ok(())
}

fn write(fuzz: &Path, target: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = fuzz.join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    fs::write(folder.join(format!("{:016x}", hasher.finish())), bytes)
}
