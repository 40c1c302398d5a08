//! Reading the texts of all units, and where each of them goes.

use dovetail_runtime::schema::{Kind, NodeId, Schema};

use super::Notes;
use crate::{SchemaText, Unit, names};

/// A text of a unit that was read.
pub(super) struct Text<'a> {
    /// The name of its unit, with the version for those that are there beside the first.
    pub(super) label: String,
    pub(super) unit: usize,
    /// The names of its modules: that of the unit, and one for the version of those that are there beside the first.
    pub(super) module: Vec<String>,
    pub(super) source: &'a SchemaText,
    pub(super) schema: Schema,
}

impl Text<'_> {
    /// Every type that the root is made of, each once, in the order of its definition.
    pub(super) fn reachable(&self) -> Vec<NodeId> {
        let mut seen = std::collections::HashSet::new();
        let mut waiting = vec![self.schema.root()];
        let mut found = Vec::new();
        while let Some(id) = waiting.pop() {
            if seen.insert(id) {
                found.push(id);
                waiting.extend(self.schema.kind(id).parts().into_iter().rev());
            }
        }
        found
    }
}

pub(super) fn read<'a>(units: &'a [Unit], notes: &mut Notes) -> Vec<Text<'a>> {
    let mut modules = names::Scope::default();
    let mut texts = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let mut wanted = names::value_identifier(&unit.name);
        if wanted == "mod" {
            // `mod.rs` is the file that brings in the others.
            wanted.push('_');
        }
        let (module, clash) = modules.take(&wanted, &unit.name);
        if let Some(clash) = clash {
            let message = format!(
                "the module is called {module}, because {wanted} is that of \"{}\"",
                clash.first
            );
            notes.warn(&unit.name, String::new(), message);
        }
        let mut versions = names::Scope::default();
        let mut read =
            |source: &'a SchemaText, label: String, module: Vec<String>| match schema(source) {
                Ok(schema) => texts.push(Text {
                    label,
                    unit: index,
                    module,
                    source,
                    schema,
                }),
                Err((place, message)) => notes.problem(&label, place, message),
            };
        read(&unit.schema, unit.name.clone(), vec![module.clone()]);
        for other in &unit.also {
            let version = match &other.registered {
                Some(registered) => format!("v{}", registered.version),
                None => "other".to_owned(),
            };
            let (version, _) = versions.take(&version, &version);
            let label = format!("{} {version}", unit.name);
            read(other, label, vec![module.clone(), version]);
        }
    }
    texts
}

/// A place in a text and what is wrong there.
type Wrong = (String, String);

fn schema(source: &SchemaText) -> Result<Schema, Wrong> {
    let references: Vec<&str> = source
        .references
        .iter()
        .map(|reference| &*reference.text)
        .collect();
    let schema = Schema::parse_with(&source.text, &references)
        .map_err(|error| (error.place, error.message))?;
    refuse_types_without_values(&schema)?;
    Ok(schema)
}

/// Enums without symbols, unions without branches, and records that always contain themselves have no values.
fn refuse_types_without_values(schema: &Schema) -> Result<(), Wrong> {
    let mut seen = std::collections::HashSet::new();
    let mut waiting = vec![schema.root()];
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let fail = |what: &str| Err((schema.pointer(id), what.to_owned()));
        match schema.kind(id) {
            Kind::Enum(symbols) if symbols.symbols.is_empty() => {
                return fail("the enum has no symbols, so it has no values; give it one");
            }
            Kind::Union(branches) if branches.is_empty() => {
                return fail("the union has no branches, so it has no values; give it one");
            }
            kind => waiting.extend(kind.parts()),
        }
    }
    Ok(())
}
