//! The table: the six incompatibilities that Avro's own checker knows, and one for what makes it throw.
//!
//! Avro knows no compatible differences, so every row breaks readers. To add one, write the static and list it in
//! [`RULES`]; a test wants a case file of the same name.

use crate::{Rule, Verdict};

/// Every rule of the format.
pub(crate) const RULES: &[&Rule] = &[
    &NAME_MISMATCH,
    &FIXED_SIZE_MISMATCH,
    &MISSING_ENUM_SYMBOLS,
    &READER_FIELD_MISSING_DEFAULT_VALUE,
    &READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS,
    &TYPE_MISMATCH,
    &MISSING_UNION_BRANCH,
];

pub(super) static NAME_MISMATCH: Rule = Rule {
    id: "NAME_MISMATCH",
    verdict: Verdict::Incompatible,
    message: "the type at path '{path}' is called otherwise in the {writer} schema ({detail}), and the {reader} schema \
              has no alias for that name",
    why: "A reader matches records, enums and fixed types by name, without the namespace. Consumers with the \
          reading schema refuse what was written under the other name; some decoders let a renamed record pass where no \
          union is involved, and others do not.",
    instead: "keep the name, or list the previous full name in the type's \"aliases\"; an alias helps readers of the \
              new schema only, so readers of the previous one need the name kept",
};

pub(super) static FIXED_SIZE_MISMATCH: Rule = Rule {
    id: "FIXED_SIZE_MISMATCH",
    verdict: Verdict::Incompatible,
    message: "the fixed type at path '{path}' in the {reader} schema has another size than in the {writer} schema \
              ({detail})",
    why: "A fixed type has no length on the wire, so both sides must agree on it. Consumers with the reading schema \
          would take the wrong number of bytes, and so they refuse the value.",
    instead: "add a field with a fixed type of another name and the new size, give it a default value, and stop writing \
              the previous field once nobody reads it; where sizes may change again, use bytes",
};

pub(super) static MISSING_ENUM_SYMBOLS: Rule = Rule {
    id: "MISSING_ENUM_SYMBOLS",
    verdict: Verdict::Incompatible,
    message: "the enum at path '{path}' in the {reader} schema has no default symbol and lacks symbols of the {writer} \
              schema: {detail}",
    why: "A consumer that meets a symbol its enum does not have can only fall back to the enum's default symbol, \
          and here there is none. It fails on the first value with such a symbol.",
    instead: "keep every symbol that was ever written, and give the enum a \"default\" symbol before symbols are added, \
              so that readers that do not know a symbol yet have one to fall back to",
};

pub(super) static READER_FIELD_MISSING_DEFAULT_VALUE: Rule = Rule {
    id: "READER_FIELD_MISSING_DEFAULT_VALUE",
    verdict: Verdict::Incompatible,
    message: "the field '{detail}' at path '{path}' in the {reader} schema has no default value and is missing in the \
              {writer} schema",
    why: "A consumer fills a field that was not written from the field's default, and this one has none. It fails \
          on every record written with the schema that lacks the field.",
    instead: "give the field a default value, such as null with a type of [\"null\", …]; if it is a renamed field, list \
              the previous name in its \"aliases\"; before removing a field, give it a default and wait until every \
              reader has that",
};

pub(super) static READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS: Rule = Rule {
    id: "READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS",
    verdict: Verdict::Incompatible,
    message: "the field '{detail}' at path '{path}' in the {reader} schema matches several fields of the {writer} \
              schema through its name and aliases",
    why: "The name and aliases of one field point at several fields that were written, and a consumer cannot know \
          which of them to read. Java's reader gives up on such a schema.",
    instead: "remove the aliases that name a field which exists in its own right, so that each field matches one field \
              of the other schema",
};

pub(super) static TYPE_MISMATCH: Rule = Rule {
    id: "TYPE_MISMATCH",
    verdict: Verdict::Incompatible,
    message: "the type at path '{path}' in the {reader} schema does not read that in the {writer} schema ({detail})",
    why: "A consumer reads a value as another type only where Avro promotes one to the other: int to long, float or \
          double, long to float or double, float to double, and string to and from bytes. It fails on everything \
          else.",
    instead: "keep the type, or change it along a promotion; where a union such as [\"null\", …] was written, keep the \
              union, since each of its branches has to be read; otherwise add a field of the new type under another name \
              with a default value, and retire the previous field once nobody reads it",
};

pub(super) static MISSING_UNION_BRANCH: Rule = Rule {
    id: "MISSING_UNION_BRANCH",
    verdict: Verdict::Incompatible,
    message: "the union at path '{path}' in the {reader} schema has no branch that reads the {detail} of the {writer} \
              schema",
    why: "A union takes a value only through a branch of its own that reads the written type. Consumers with the \
          reading schema fail on the first value of the branch they lack.",
    instead: "keep the branch and the types in it readable; to add a branch, let all readers have it before anyone \
              writes it; to make a field optional, readers need the null branch first",
};
