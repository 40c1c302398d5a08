//! The URIs a text defines, and those its references need from other texts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{documents::references, draft::Draft, location::Location, parse::read, uri};
use crate::{Mentions, SchemaError, link::Need};

/// Reads what a text defines and needs.
pub(crate) fn mentions(text: &str) -> Result<Mentions, SchemaError> {
    let value = read(text)?;
    let draft = Draft::of(&value, Draft::Seven)?;
    let mut defines = BTreeSet::new();
    let mut uses: BTreeMap<String, String> = BTreeMap::new();
    let mut pending = vec![Location::root(&value, draft, None, &Arc::from(""))];
    while let Some(location) = pending.pop() {
        if location.id().is_some() {
            defines.insert(location.base.to_string());
        }
        for reference in references(&location)? {
            let (name, _) = uri::split_fragment(reference);
            if !name.is_empty() {
                let absolute = uri::resolve(&location.base, name);
                uses.entry(absolute).or_insert_with(|| name.to_owned());
            }
        }
        pending.extend(location.subschemas());
    }
    let needs = uses
        .into_iter()
        .filter(|(absolute, _)| !defines.contains(absolute))
        .map(|(absolute, name)| Need { name, absolute });
    Ok(Mentions {
        needs: needs.collect(),
        defines: defines.into_iter().collect(),
    })
}
