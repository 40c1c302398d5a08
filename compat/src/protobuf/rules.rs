//! The table of Protobuf's differences: what each is called and whom it breaks. The walk says where they are.
//!
//! Verdicts are the protocol's, also where the wire loses something: a string read as bytes, or an int64 cut to an int32,
//! is called compatible.

use crate::{
    Rule,
    Verdict::{Compatible, Incompatible},
};

/// A row: id, verdict, message, why, and what to do instead where it breaks someone.
macro_rules! table {
    ($($name:ident: $verdict:ident, $message:literal, $why:literal, $instead:literal;)*) => {
        $(pub(super) static $name: Rule = Rule {
            id: stringify!($name),
            verdict: $verdict,
            message: $message,
            why: $why,
            instead: $instead,
        };)*

        /// Every rule, in the order of the protocol's own list.
        pub(crate) static RULES: &[&Rule] = &[$(&$name),*];
    };
}

table! {
    PACKAGE_CHANGED: Incompatible,
        "the package at '{path}' differs: {detail} in the {reader} schema",
        "Generated code and everything that finds a message by its full name stop recognising the type: imports of \
         the old package no longer compile, and deserializers that look the message up by name do not find it. The \
         bytes on the wire stay the same.",
        "keep the package; if it has to change, register the schema under a new subject and move producers and \
         consumers there";
    MESSAGE_ADDED: Compatible,
        "the message '{detail}' at '{path}' is in the {reader} schema only",
        "Nothing that was written before has this type, so nobody meets it who does not know it.",
        "";
    MESSAGE_REMOVED: Incompatible,
        "the message '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema",
        "Data of this type may still be stored or on its way, and consumers that read with the updated schema have \
         no type left to read it with.",
        "keep the message, marked with `option deprecated = true;`, until no data of it is left; going forward, \
         where it is the new message that readers lack, register it as a schema of its own, or ask for BACKWARD only";
    MESSAGE_MOVED: Compatible,
        "the message '{detail}' at '{path}' has another index among its siblings in the {reader} schema",
        "Messages are found by name and fields by number, so their order in the text does not change what is read. \
         Payloads carry the index of their message, but each is read with the schema it was written with.",
        "";
    ENUM_ADDED: Compatible,
        "the enum '{detail}' at '{path}' is in the {reader} schema only",
        "Nothing that was written before has a value of this enum.",
        "";
    ENUM_REMOVED: Compatible,
        "the enum '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema",
        "On the wire an enum is a number, which a field of an integer type still reads; a field of another type is \
         reported on its own.",
        "";
    ENUM_CONST_ADDED: Compatible,
        "the constant '{detail}' at '{path}' is in the {reader} schema only",
        "Readers know more numbers than were ever written. Consumers that still use the old schema see a new \
         number as unrecognised (proto3) or as an unknown field (proto2), and do not fail.",
        "";
    ENUM_CONST_CHANGED: Compatible,
        "the constant at '{path}' has another name in the {reader} schema than in the {writer} schema: {detail}",
        "The wire carries the number only, so the value is read under its other name. Code and JSON that use the \
         old name have to follow.",
        "";
    ENUM_CONST_REMOVED: Compatible,
        "the constant '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema",
        "A number without a name is still read, as an unrecognised value (proto3) or an unknown field (proto2). \
         Reserve the number, so that nobody gives it another meaning.",
        "";
    FIELD_ADDED: Compatible,
        "the field '{detail}' at '{path}' is in the {reader} schema only",
        "Data without the field is read with the field's default.",
        "";
    FIELD_REMOVED: Compatible,
        "the field '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema",
        "Readers skip what they do not know, so the rest of the message is read as before. Reserve the number and \
         the name, so that nobody gives them another meaning.",
        "";
    FIELD_NAME_CHANGED: Compatible,
        "the field at '{path}' has another name in the {reader} schema than in the {writer} schema: {detail}",
        "The wire carries numbers, not names, so the value is read under its other name. Code and JSON that use \
         the old name have to follow.",
        "";
    FIELD_KIND_CHANGED: Incompatible,
        "the field at '{path}' is of another kind in the {reader} schema than in the {writer} schema: {detail}",
        "A number, a nested message and a map are laid out differently on the wire: consumers that read with one \
         what was written with the other fail to decode the message, drop the field, or take its bytes for \
         something they are not.",
        "add a field of the new type under a new number, write both for a while, and then remove and reserve the \
         old one";
    FIELD_SCALAR_KIND_CHANGED: Incompatible,
        "the scalar at '{path}' is encoded differently in the {reader} schema than in the {writer} schema: {detail}",
        "The two types encode the same value in different bytes: consumers that read with one what was written \
         with the other fail to decode the message, drop the field, or get another value (an int32 of 1 is a \
         sint32 of -1).",
        "add a field of the new type under a new number; without a new number, stay inside the group: int32, \
         int64, uint32, uint64, bool and enums; sint32 and sint64; string and bytes; fixed32 and sfixed32; fixed64 \
         and sfixed64";
    FIELD_NAMED_TYPE_CHANGED: Incompatible,
        "the type of the field at '{path}' in the {reader} schema does not match that in the {writer} schema: {detail}",
        "Consumers read the nested bytes as another message: fields that it does not know are lost, and a number \
         that means something else there is misread or fails to decode. Where only the name differs the bytes are \
         still read, but generated code changes its types.",
        "keep the type of the field and change only what is compatible inside it, or add a field of the new type \
         under a new number";
    FIELD_NUMERIC_LABEL_CHANGED: Incompatible,
        "the label of the numeric field at '{path}' differs between the {reader} schema and the {writer} schema: {detail}",
        "Repeated numbers are packed into one block, which a single field cannot read, or it keeps only the last \
         of them; and a reader that requires the field refuses a message without it.",
        "add a field with the other label under a new number";
    FIELD_STRING_OR_BYTES_LABEL_CHANGED: Compatible,
        "the label of the string or bytes field at '{path}' differs between the {reader} schema and the {writer} schema: {detail}",
        "Strings and bytes are never packed, so each value is still read. A single field keeps only the last of \
         several, so do not write more than one before every consumer knows the list.",
        "";
    REQUIRED_FIELD_ADDED: Incompatible,
        "the required field '{detail}' at '{path}' is in the {reader} schema but missing in the {writer} schema",
        "Consumers that read with the updated schema refuse every message that lacks the field, and nobody who \
         writes with the original schema sets it.",
        "add the field as optional, and check for it in the application";
    REQUIRED_FIELD_REMOVED: Incompatible,
        "the required field '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema",
        "The writer was bound to send this field and its readers were bound to have it: a reader with the updated \
         schema loses the value, and once producers leave it out, consumers that still require it refuse their \
         messages.",
        "keep the field; where all consumers can be updated first, make it optional in a step of its own, under \
         compatibility level NONE";
    ONEOF_ADDED: Compatible,
        "the oneof '{detail}' at '{path}' is in the {reader} schema only",
        "A oneof is nothing on the wire: its members are read by their numbers. Fields that it excludes from each \
         other are reported on their own.",
        "";
    ONEOF_REMOVED: Compatible,
        "the oneof '{detail}' at '{path}' is missing in the {reader} schema but is in the {writer} schema",
        "A oneof is nothing on the wire: members that are left are read by their numbers as before.",
        "";
    ONEOF_FIELD_ADDED: Compatible,
        "the field '{detail}' at '{path}' is in a oneof of the {reader} schema only",
        "No data has the new member yet. Consumers that still use the old schema see the oneof as not set where it \
         is used.",
        "";
    ONEOF_FIELD_REMOVED: Incompatible,
        "the field '{detail}' at '{path}' of a oneof in the {writer} schema is missing in the {reader} schema",
        "Where the writer chose this member, the reader sees a oneof in which nothing is set, and cannot tell that \
         from a writer that set nothing.",
        "keep the member, marked `[deprecated = true]`, until no producer sets it and no stored data has it";
    ONEOF_FIELD_MOVED_TO_TOP_LEVEL: Compatible,
        "the field '{detail}' at '{path}' is outside its oneof in the {reader} schema",
        "The field is read by its number as before, and at most one of the former members is set in old data.",
        "";
    MULTIPLE_FIELDS_MOVED_TO_ONEOF: Incompatible,
        "the oneof at '{path}' in the {reader} schema excludes fields from each other that are independent in the {writer} schema: {detail}",
        "The writer may set several of these fields at once. The reader keeps the last one on the wire and \
         silently drops the others.",
        "move one field at most into a new oneof, or add a oneof of new fields under new numbers";
    FIELD_MOVED_TO_EXISTING_ONEOF: Incompatible,
        "the oneof at '{path}' in the {reader} schema takes in a field from elsewhere in the {writer} schema: {detail}",
        "The writer may set the field together with a member of the oneof. The reader keeps the last one on the \
         wire and silently drops the other.",
        "leave the field where it is, and add a new member under a new number to the oneof";
}
