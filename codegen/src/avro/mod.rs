//! Types from Avro schemas.

use crate::{Error, Options, Output, Problem, Unit, names};

/// Makes types of Avro schemas. Every problem of every unit is in the error.
pub fn generate(units: &[Unit], _options: &Options) -> Result<Output, Error> {
    let problems = units
        .iter()
        .map(|unit| Problem {
            unit: names::snake(&unit.name),
            place: String::new(),
            message: format!(
                "Avro schemas cannot be generated yet ({})",
                names::upper_camel(&unit.name)
            ),
        })
        .collect();
    Err(Error { problems })
}
