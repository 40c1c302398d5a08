//! Makes the types that are measured.

use std::{env, error::Error, fs, path::Path, sync::Arc};

use dovetail_codegen::{Options, SchemaText, Unit, avro};
use dovetail_model::SchemaType;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=schemas");
    let unit = |name: &str| -> Result<Unit, Box<dyn Error>> {
        let text = fs::read_to_string(format!("schemas/{name}.avsc"))?;
        Ok(Unit {
            name: name.to_owned(),
            schema_type: SchemaType::Avro,
            schema: SchemaText {
                text: Arc::from(text),
                references: Vec::new(),
                registered: None,
            },
            also: Vec::new(),
        })
    };
    let units = [unit("order")?, unit("older")?, unit("nested")?];
    let options = Options {
        borrowed: true,
        ..Options::default()
    };
    let output = avro::generate(&units, &options)?;
    let folder = env::var("OUT_DIR")?;
    for module in output.modules {
        let file = Path::new(&folder).join(format!("{}.rs", module.name));
        fs::write(file, module.source)?;
    }
    Ok(())
}
