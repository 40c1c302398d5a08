//! A `.proto` text, or a base64 descriptor, to a schema that can be printed and compared.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use prost_reflect::DescriptorPool;

use super::{
    canonical, compile, decode,
    model::{self, Model},
    normalize,
    resolve::Names,
    tree,
};
use crate::{NamedText, SchemaError};

/// A parsed Protobuf schema.
#[derive(Debug)]
pub(crate) struct ProtobufSchema {
    /// As written, for printing.
    tree: Box<tree::File>,
    /// What the names in the tree may mean, for normalizing.
    names: Names,
    /// As understood, for comparing.
    model: Model,
    /// As compiled, for writing and reading values of it.
    pool: DescriptorPool,
    descriptor: Vec<u8>,
}

impl ProtobufSchema {
    pub(crate) fn parse(text: &str, references: &[NamedText]) -> Result<Self, SchemaError> {
        let compiled = if looks_like_base64(text) {
            compile::compile(&decode::to_text(text.trim(), references)?, references)?
        } else {
            compile::compile(text, references)?
        };
        let model = model::model(&compiled);
        Ok(Self {
            names: Names::of(&compiled.pool),
            model,
            descriptor: compiled.descriptor,
            tree: Box::new(compiled.tree),
            pool: compiled.pool,
        })
    }

    pub(crate) fn canonical(&self) -> String {
        canonical::print(&self.tree)
    }

    pub(crate) fn normalized(&self) -> String {
        canonical::print(&normalize::normalize(
            self.tree.as_ref().clone(),
            &self.names,
        ))
    }

    /// The base64 `FileDescriptorProto`.
    pub(crate) fn serialized(&self) -> String {
        STANDARD.encode(&self.descriptor)
    }

    /// The names of the fields of the first message, those of its oneofs included.
    pub(crate) fn top_level_fields(&self) -> Vec<&str> {
        let first = self.tree.messages.first().map(|message| &message.body);
        let fields = first.into_iter().flat_map(|body| {
            let of_oneofs = body.oneofs.iter().flat_map(|oneof| &oneof.fields);
            body.fields.iter().chain(of_oneofs)
        });
        fields.map(|field| field.name.as_str()).collect()
    }

    pub(super) const fn tree(&self) -> &tree::File {
        &self.tree
    }

    pub(super) const fn model(&self) -> &Model {
        &self.model
    }

    /// Everything that was compiled, the schema's own file last.
    pub(crate) const fn pool(&self) -> &DescriptorPool {
        &self.pool
    }
}

/// Whether a text has none of the blanks and punctuation that every `.proto` text needs.
pub(super) fn looks_like_base64(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}
