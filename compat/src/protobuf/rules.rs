//! The table of Protobuf's differences: what each is called and whom it breaks. The walk says where they are.
//!
//! Verdicts are the protocol's (section 3.2 of the guide to its API), also where the wire loses something: a string
//! read as bytes, or an int64 cut to an int32, is called compatible.

use crate::{
    Rule,
    Verdict::{self, Compatible, Incompatible},
};

const fn rule(id: &'static str, verdict: Verdict, message: &'static str) -> Rule {
    Rule {
        id,
        verdict,
        message,
    }
}

macro_rules! table {
    ($($name:ident: $verdict:ident, $message:literal;)*) => {
        $(pub(super) static $name: Rule = rule(stringify!($name), $verdict, $message);)*

        /// Every rule, in the order of the protocol's own list.
        pub(crate) static RULES: &[&Rule] = &[$(&$name),*];
    };
}

table! {
    PACKAGE_CHANGED: Incompatible,
        "the package at '{path}' differs: {detail} in the {reader} schema";
    MESSAGE_ADDED: Compatible,
        "the message '{detail}' at '{path}' is in the {reader} schema only";
    MESSAGE_REMOVED: Incompatible,
        "the message '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema";
    MESSAGE_MOVED: Compatible,
        "the message '{detail}' at '{path}' has another index among its siblings in the {reader} schema";
    ENUM_ADDED: Compatible,
        "the enum '{detail}' at '{path}' is in the {reader} schema only";
    ENUM_REMOVED: Compatible,
        "the enum '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema";
    ENUM_CONST_ADDED: Compatible,
        "the constant '{detail}' at '{path}' is in the {reader} schema only";
    ENUM_CONST_CHANGED: Compatible,
        "the constant at '{path}' has another name in the {reader} schema than in the {writer} schema: {detail}";
    ENUM_CONST_REMOVED: Compatible,
        "the constant '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema";
    FIELD_ADDED: Compatible,
        "the field '{detail}' at '{path}' is in the {reader} schema only";
    FIELD_REMOVED: Compatible,
        "the field '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema";
    FIELD_NAME_CHANGED: Compatible,
        "the field at '{path}' has another name in the {reader} schema than in the {writer} schema: {detail}";
    FIELD_KIND_CHANGED: Incompatible,
        "the field at '{path}' is of another kind in the {reader} schema than in the {writer} schema: {detail}";
    FIELD_SCALAR_KIND_CHANGED: Incompatible,
        "the scalar at '{path}' is encoded differently in the {reader} schema than in the {writer} schema: {detail}";
    FIELD_NAMED_TYPE_CHANGED: Incompatible,
        "the type of the field at '{path}' in the {reader} schema does not match that in the {writer} schema: {detail}";
    FIELD_NUMERIC_LABEL_CHANGED: Incompatible,
        "the label of the numeric field at '{path}' differs between the {reader} schema and the {writer} schema: {detail}";
    FIELD_STRING_OR_BYTES_LABEL_CHANGED: Compatible,
        "the label of the string or bytes field at '{path}' differs between the {reader} schema and the {writer} schema: {detail}";
    REQUIRED_FIELD_ADDED: Incompatible,
        "the required field '{detail}' at '{path}' is in the {reader} schema but missing in the {writer} schema";
    REQUIRED_FIELD_REMOVED: Incompatible,
        "the required field '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema";
    ONEOF_ADDED: Compatible,
        "the oneof '{detail}' at '{path}' is in the {reader} schema only";
    ONEOF_REMOVED: Compatible,
        "the oneof '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema";
    ONEOF_FIELD_ADDED: Compatible,
        "the field '{detail}' at '{path}' is in a oneof of the {reader} schema only";
    ONEOF_FIELD_REMOVED: Incompatible,
        "the field '{detail}' at '{path}' of a oneof in the {writer} schema is missing in the {reader} schema";
    ONEOF_FIELD_MOVED_TO_TOP_LEVEL: Compatible,
        "the field '{detail}' at '{path}' is outside its oneof in the {reader} schema";
    MULTIPLE_FIELDS_MOVED_TO_ONEOF: Incompatible,
        "the oneof at '{path}' in the {reader} schema excludes fields from each other that are independent in the {writer} schema: {detail}";
    FIELD_MOVED_TO_EXISTING_ONEOF: Incompatible,
        "the oneof at '{path}' in the {reader} schema takes in a field from elsewhere in the {writer} schema: {detail}";
}
