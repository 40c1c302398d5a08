//! What can be settled only at the end of a text: uses before definitions, then unions, defaults and repeated definitions.

use std::collections::{HashMap, HashSet};

use crate::SchemaError;

use super::{Parser, TRIED_BRANCHES, number};
use crate::avro::{
    canonical::{self, Form},
    defaults,
    tree::{At, AvroSchema, Kind, Match, NodeId, Step},
};

impl Parser {
    /// Replaces the nodes that stand for later definitions. The specification has no forward references, Java does.
    pub(super) fn resolve_forward(&mut self) -> Result<(), SchemaError> {
        if self.forward.is_empty() {
            return Ok(());
        }
        self.had_forward |= self.is_own;
        let mut resolved = HashMap::new();
        for (id, full) in std::mem::take(&mut self.forward) {
            let at = self.nodes[id as usize].at;
            let known = self
                .strictness
                .name(&full, None)
                .ok()
                .and_then(|name| self.names.get(&name).copied());
            let definition = known.ok_or_else(|| {
                self.fail(at, &format!(
                    "the type \"{full}\" is not defined; define it or add a reference to the schema that does"
                ))
            })?;
            resolved.insert(id, definition);
        }
        let replace = |id: &mut NodeId| {
            if let Some(definition) = resolved.get(id) {
                *id = *definition;
            }
        };
        for node in &mut self.nodes[self.text_from as usize..] {
            match &mut node.kind {
                Kind::Array(inner) | Kind::Map(inner) => replace(inner),
                Kind::Union(union) => union.branches.iter_mut().for_each(replace),
                Kind::Record(record) => record
                    .fields
                    .iter_mut()
                    .for_each(|field| replace(&mut field.type_id)),
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn check_unions(&mut self) -> Result<(), SchemaError> {
        for id in self.text_from..self.next_id() {
            let Kind::Union(union) = &self.nodes[id as usize].kind else {
                continue;
            };
            let mut seen = HashSet::new();
            for (index, &branch) in union.branches.iter().enumerate() {
                let kind = &self.nodes[branch as usize].kind;
                let wrong = if matches!(kind, Kind::Union(_)) {
                    "a union contains a union; list the inner branches in the outer one".to_owned()
                } else if seen.insert(kind.full_name()) {
                    continue;
                } else {
                    format!("the union has the branch \"{}\" twice", kind.full_name())
                };
                let step = Step::Branch(number(index));
                return Err(self.fail(At { parent: id, step }, &wrong));
            }
            let by_match = self.index_large_union(&union.branches);
            if let Kind::Union(union) = &mut self.nodes[id as usize].kind {
                union.by_match = by_match;
            }
        }
        Ok(())
    }

    fn index_large_union(&self, branches: &[NodeId]) -> HashMap<Match, Vec<u32>> {
        let mut by_match: HashMap<Match, Vec<u32>> = HashMap::new();
        if branches.len() <= TRIED_BRANCHES {
            return by_match;
        }
        for (index, &branch) in branches.iter().enumerate() {
            let kind = &self.nodes[branch as usize].kind;
            let mut list = |key| by_match.entry(key).or_default().push(number(index));
            let Some(named) = kind.named() else {
                list(Match::Type(kind.type_name()));
                continue;
            };
            list(Match::Simple(kind.type_name(), named.name.simple().into()));
            for alias in &named.aliases {
                list(Match::Alias(kind.type_name(), alias.full().into()));
            }
        }
        by_match
    }

    pub(super) fn check_defaults(&self) -> Result<(), SchemaError> {
        let mut check = defaults::Check::new(&self.nodes);
        for id in self.text_from..self.next_id() {
            let Kind::Record(record) = &self.nodes[id as usize].kind else {
                continue;
            };
            for (index, field) in record.fields.iter().enumerate() {
                let Some(default) = &field.default else {
                    continue;
                };
                let fits = check
                    .fits(field.type_id, default, id)
                    .map_err(|error| SchemaError(error.to_string()))?;
                if !fits {
                    let kind = self.nodes[field.type_id as usize].kind.full_name();
                    let name = &field.name;
                    let wrong =
                        format!("the default of the field \"{name}\" is not a valid {kind}");
                    return Err(self.fail_field(id, index, &wrong));
                }
            }
        }
        Ok(())
    }

    /// A definition that an earlier text gave already must say the same.
    pub(super) fn check_repeated(&mut self) -> Result<(), SchemaError> {
        let repeated = std::mem::take(&mut self.repeated);
        if repeated.is_empty() {
            return Ok(());
        }
        let schema = AvroSchema {
            nodes: std::mem::take(&mut self.nodes),
            root: 0,
            own_from: 0,
            of_references: HashSet::new(),
        };
        let print = |id| canonical::print(&schema, id, Form::Canonical);
        let differs = repeated
            .into_iter()
            .find(|&(new, old)| match (print(new), print(old)) {
                (Ok(new), Ok(old)) => new != old,
                _ => true,
            });
        self.nodes = schema.nodes;
        match differs {
            Some((new, _)) => Err(self.redefined(new)),
            None => Ok(()),
        }
    }
}
