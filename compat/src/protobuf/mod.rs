//! Protobuf: `.proto` texts (proto2 and proto3), or a base64 `FileDescriptorProto`.
//!
//! A text goes through four stations. [`tokens`] bounds it before any recursive parser sees it; [`compile`] lets protox
//! judge it together with its imports, which are references or bundled files and never files on disk; [`read`] turns
//! the tokens into a [`tree`] that keeps everything as written, from which [`canonical`] and [`normalize`] print; and
//! [`model`] keeps only what a check needs, with every type name resolved. [`witness`](mod@witness)
//! writes and reads values of what was compiled.
//!
//! To add a rule: a static in [`rules`], the place in [`walk`] that finds it, and a file in `tests/cases/protobuf`.

mod canonical;
mod compile;
mod decode;
mod decode_options;
mod extensions;
mod lengths;
mod limits;
mod mentions;
mod merge;
mod model;
mod normalize;
mod options;
mod parse;
mod read;
mod resolve;
mod rules;
mod tags;
mod tokens;
mod tree;
mod types;
mod walk;
mod witness;

pub(crate) use mentions::mentions;
pub(crate) use parse::ProtobufSchema;
pub(crate) use read::offset;
pub(crate) use rules::RULES;
pub(crate) use walk::differences;
pub(crate) use witness::witness;
