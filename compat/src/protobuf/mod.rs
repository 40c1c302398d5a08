//! PLACEHOLDER
use crate::{Difference, NamedText, Rule, SchemaError, TooComplex};

pub(crate) const RULES: &[&Rule] = &[];

#[derive(Debug)]
pub(crate) struct ProtobufSchema(String);

impl ProtobufSchema {
    pub(crate) fn parse(text: &str, _references: &[NamedText]) -> Result<Self, SchemaError> {
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn canonical(&self) -> String {
        self.0.clone()
    }

    pub(crate) fn normalized(&self) -> String {
        self.0.clone()
    }
}

pub(crate) fn differences(
    _reader: &ProtobufSchema,
    _writer: &ProtobufSchema,
) -> Result<Vec<Difference>, TooComplex> {
    Ok(Vec::new())
}
