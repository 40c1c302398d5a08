//! Documents of JSON Schema: a wish is drawn for each place, and the documents that witnesses are made of fulfil it as far
//! as the schema allows. What is returned was validated.

use super::{NoSample, Random, Sample, TRIES};
use crate::json_schema::{self, JsonSchema};

/// Draws a document.
pub(super) fn draw(schema: &JsonSchema, random: &mut Random) -> Result<Sample, NoSample> {
    let value =
        (0..TRIES).find_map(|attempt| json_schema::sample(schema, random, attempt + 1 == TRIES));
    let value = value.ok_or(NoSample(
        "no valid document was found; the schema may have none, or its keywords fit together too tightly",
    ))?;
    Ok(Sample {
        bytes: value.to_string().into_bytes(),
        value,
    })
}
