//! Oneofs: which came and went, and which make fields exclude each other that could be set together before.

use std::collections::HashSet;

use super::{Finding, Pair, Walk, rules};
use crate::protobuf::model::Message;
use crate::{Rule, TooComplex};

impl Walk<'_> {
    pub(super) fn oneofs(
        &mut self,
        pair: Pair,
        writer: &Message,
        reader: &Message,
    ) -> Result<(), TooComplex> {
        self.budget
            .steps((writer.oneofs.len() + reader.oneofs.len()) as u64)?;
        let old: HashSet<&str> = writer.oneofs.iter().map(String::as_str).collect();
        let new: HashSet<&str> = reader.oneofs.iter().map(String::as_str).collect();
        self.exclusions(pair, writer, reader, &old)?;
        for name in writer
            .oneofs
            .iter()
            .filter(|name| !new.contains(name.as_str()))
        {
            self.add_oneof(
                &rules::ONEOF_REMOVED,
                pair,
                (name, true, false),
                name.clone(),
            );
        }
        for name in reader
            .oneofs
            .iter()
            .filter(|name| !old.contains(name.as_str()))
        {
            self.add_oneof(&rules::ONEOF_ADDED, pair, (name, false, true), name.clone());
        }
        Ok(())
    }

    /// Members of a oneof exclude each other. Those that did not before are members that come from different groups,
    /// where a group is a oneof of the writer or a field outside any; new fields come from nowhere and do no harm.
    fn exclusions(
        &mut self,
        pair: Pair,
        writer: &Message,
        reader: &Message,
        old: &HashSet<&str>,
    ) -> Result<(), TooComplex> {
        let mut origins: Vec<Origins<'_>> = Vec::new();
        origins.resize_with(reader.oneofs.len(), Origins::default);
        for field in &reader.fields {
            self.budget.step()?;
            let Some(oneof) = field.oneof else { continue };
            let Ok(old) = writer
                .fields
                .binary_search_by_key(&field.number, |one| one.number)
            else {
                continue;
            };
            let origins = &mut origins[oneof];
            match writer.fields[old].oneof {
                Some(group) => {
                    origins.oneofs.insert(group);
                }
                None => origins.outside += 1,
            }
            origins.names.push(&field.name);
        }
        for (name, origins) in reader.oneofs.iter().zip(origins) {
            if origins.oneofs.len() + origins.outside < 2 {
                continue;
            }
            let rule = if origins.outside > 1 {
                &rules::MULTIPLE_FIELDS_MOVED_TO_ONEOF
            } else {
                &rules::FIELD_MOVED_TO_EXISTING_ONEOF
            };
            let was_there = old.contains(name.as_str());
            self.add_oneof(
                rule,
                pair,
                (name, was_there, true),
                origins.names.join(", "),
            );
        }
        Ok(())
    }

    /// `oneof` is its name, and whether the writer and the reader have it.
    fn add_oneof(
        &mut self,
        rule: &'static Rule,
        pair: Pair,
        oneof: (&str, bool, bool),
        detail: String,
    ) {
        let (name, in_writer, in_reader) = oneof;
        let path = format!("{}/{name}", self.path(Some(pair)));
        let place = |message: &Message, there: bool| {
            let inside = if there {
                format!(".{name}")
            } else {
                String::new()
            };
            format!("{}{inside}", message.full)
        };
        let writer_place = place(&self.writer.messages[pair.writer], in_writer);
        let reader_place = place(&self.reader.messages[pair.reader], in_reader);
        self.add(Finding {
            rule,
            path,
            detail,
            writer_place,
            reader_place,
        });
    }
}

/// Where the members of a oneof come from.
#[derive(Default)]
struct Origins<'a> {
    oneofs: HashSet<usize>,
    outside: usize,
    names: Vec<&'a str>,
}
