//! The imports of a text that do not come with the registry.

use dovetail_protobuf::{bundled, comes_compiled};

use super::{parse::looks_like_base64, read::read};
use crate::{Mentions, SchemaError, link::Need};

/// Reads what a text imports. A file is called by its path, so a text does not say what it defines.
pub(crate) fn mentions(text: &str) -> Result<Mentions, SchemaError> {
    if looks_like_base64(text) {
        return Ok(Mentions::default());
    }
    let imports = read(text)?.imports;
    let foreign = imports.into_iter().map(|import| import.path);
    let needs = foreign
        .filter(|path| !comes_compiled(path) && bundled(path).is_none())
        .map(|path| Need {
            absolute: path.clone(),
            name: path,
        });
    Ok(Mentions {
        defines: Vec::new(),
        needs: needs.collect(),
    })
}
