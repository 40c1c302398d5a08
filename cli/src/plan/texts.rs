//! The texts that each schema of a project reaches, those of other projects included.

use std::{collections::HashMap, sync::Arc};

use dovetail_compat::{NamedText, link::Linked};

/// Grows as the schemas are gone through in dependency order.
#[derive(Debug, Default)]
pub(super) struct Reached(HashMap<usize, Vec<NamedText>>);

impl Reached {
    /// What a schema reaches: what its links reach, the links themselves, and what comes from elsewhere. Each text stands
    /// before those that use it, once.
    pub(super) fn add(
        &mut self,
        linked: &Linked,
        number: usize,
        foreign: &[NamedText],
    ) -> Vec<NamedText> {
        let mut texts: Vec<NamedText> = Vec::new();
        let mut push = |text: &NamedText| {
            let is_same = |known: &NamedText| known.name == text.name && known.text == text.text;
            if !texts.iter().any(is_same) {
                texts.push(text.clone());
            }
        };
        foreign.iter().for_each(&mut push);
        for link in linked.links(number).unwrap_or_default() {
            let inner = self.0.get(&link.to).map(Vec::as_slice);
            inner.unwrap_or_default().iter().for_each(&mut push);
            push(&NamedText {
                name: link.name.clone(),
                text: Arc::clone(&linked.documents()[link.to].text),
            });
        }
        self.0.insert(number, texts.clone());
        texts
    }
}
