//! Every format behind one function.

use std::collections::BTreeSet;

use dovetail_model::SchemaType;

use crate::{Error, Options, Output, Unit, avro};

/// Makes types of schemas of any format. Avro's modules come first, because they may name each other; those of the other
/// formats take the names that are left. Every problem of every unit is in the error.
pub fn generate(units: &[Unit], options: &Options) -> Result<Output, Error> {
    let mut made = Output::default();
    let mut problems = Vec::new();
    for schema_type in SchemaType::ALL {
        let of_type: Vec<Unit> = units
            .iter()
            .filter(|unit| unit.schema_type == schema_type)
            .cloned()
            .collect();
        if of_type.is_empty() {
            continue;
        }
        let taken: BTreeSet<String> = made.modules.iter().map(|one| one.name.clone()).collect();
        match of_format(schema_type, &of_type, options, &taken) {
            Ok(output) => {
                made.modules.extend(output.modules);
                made.warnings.extend(output.warnings);
                made.known.extend(output.known);
            }
            Err(error) => problems.extend(error.problems),
        }
    }
    if problems.is_empty() {
        made.warnings.extend(made.known.warnings(options));
        Ok(made)
    } else {
        Err(Error { problems })
    }
}

fn of_format(
    schema_type: SchemaType,
    units: &[Unit],
    options: &Options,
    taken: &BTreeSet<String>,
) -> Result<Output, Error> {
    #[cfg(not(any(feature = "protobuf", feature = "json-schema")))]
    let _ = taken;
    match schema_type {
        SchemaType::Avro => avro::generate(units, options),
        #[cfg(feature = "protobuf")]
        SchemaType::Protobuf => crate::protobuf::generate(units, options, taken),
        #[cfg(not(feature = "protobuf"))]
        SchemaType::Protobuf => Err(without_feature(units, "protobuf")),
        #[cfg(feature = "json-schema")]
        SchemaType::Json => crate::json_schema::generate(units, options, taken),
        #[cfg(not(feature = "json-schema"))]
        SchemaType::Json => Err(without_feature(units, "json-schema")),
    }
}

#[cfg(any(not(feature = "protobuf"), not(feature = "json-schema")))]
fn without_feature(units: &[Unit], feature: &str) -> Error {
    let problem = |unit: &Unit| crate::Problem {
        unit: unit.name.clone(),
        place: String::new(),
        message: format!("dovetail-codegen was built without its feature \"{feature}\""),
    };
    Error {
        problems: units.iter().map(problem).collect(),
    }
}
