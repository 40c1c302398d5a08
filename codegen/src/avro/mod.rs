//! Types from Avro schemas.
//!
//! Texts are read (`texts.rs`) into the runtime's trees; types that several of them define alike are found
//! (`sharing.rs`). Then every named type, every union with several branches and every root without a name becomes an
//! *item* with a place in a module (`items.rs`), and its parts are lowered to Rust types (`ty.rs`); `recursion.rs` says
//! where a box is needed, and `twins.rs` what has a twin that borrows. `emit/` prints items, and `modules.rs` puts what was
//! printed into files.

mod emit;
mod items;
mod modules;
mod recursion;
mod sharing;
mod texts;
mod twins;
mod ty;

use std::collections::BTreeSet;

use crate::{Error, Options, Output, Problem, Unit, known::Known};

/// Makes types of Avro schemas. Every problem of every unit is in the error.
pub fn generate(units: &[Unit], options: &Options) -> Result<Output, Error> {
    let options = &options.settled();
    let mut notes = Notes::default();
    let texts = texts::read(units, &mut notes);
    notes.check()?;
    let classes = sharing::classes(&texts);
    let mut items = items::Items::new(&texts, &classes, options, &mut notes);
    recursion::box_recursive_types(&mut items);
    let modules = modules::modules(units, &texts, &items, options, &mut notes);
    notes.check()?;
    Ok(Output {
        modules,
        warnings: notes.warnings,
        known: known(&texts, &items, notes.renamed, options),
    })
}

/// What options can be about.
fn known(
    texts: &[texts::Text<'_>],
    items: &items::Items,
    renamed: BTreeSet<String>,
    options: &Options,
) -> Known {
    let mut known = Known {
        renamed,
        ..Known::default()
    };
    for item in &items.all {
        if item.is_wrapper || matches!(item.body, items::Body::Union(_)) {
            known.attributed.insert(item.identifier.clone());
        } else {
            let kind = texts[item.text].schema.kind(item.node);
            known.types.insert(kind.full_name().to_owned());
        }
        if options.borrowed {
            known.attributed.insert(twins::usual(&item.identifier));
        }
    }
    known
}

/// What goes wrong and what one should know, collected until the end.
#[derive(Debug, Default)]
struct Notes {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    /// What could have been called otherwise.
    renamed: BTreeSet<String>,
}

impl Notes {
    fn problem(&mut self, unit: &str, place: String, message: String) {
        self.problems.push(Problem {
            unit: unit.to_owned(),
            place,
            message,
        });
    }

    fn warn(&mut self, unit: &str, place: String, message: String) {
        self.warnings.push(Problem {
            unit: unit.to_owned(),
            place,
            message,
        });
    }

    fn check(&mut self) -> Result<(), Error> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Error {
                problems: std::mem::take(&mut self.problems),
            })
        }
    }
}
