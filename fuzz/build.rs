//! Makes the types that `decode_generated` reads.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    dovetail_codegen::Builder::new()
        .file("schemas/order.avsc")
        .build()?;
    Ok(())
}
