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
};

pub(super) static FIXED_SIZE_MISMATCH: Rule = Rule {
    id: "FIXED_SIZE_MISMATCH",
    verdict: Verdict::Incompatible,
    message: "the fixed type at path '{path}' in the {reader} schema has another size than in the {writer} schema \
              ({detail})",
};

pub(super) static MISSING_ENUM_SYMBOLS: Rule = Rule {
    id: "MISSING_ENUM_SYMBOLS",
    verdict: Verdict::Incompatible,
    message: "the enum at path '{path}' in the {reader} schema has no default symbol and lacks symbols of the {writer} \
              schema: {detail}",
};

pub(super) static READER_FIELD_MISSING_DEFAULT_VALUE: Rule = Rule {
    id: "READER_FIELD_MISSING_DEFAULT_VALUE",
    verdict: Verdict::Incompatible,
    message: "the field '{detail}' at path '{path}' in the {reader} schema has no default value and is missing in the \
              {writer} schema",
};

pub(super) static READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS: Rule = Rule {
    id: "READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS",
    verdict: Verdict::Incompatible,
    message: "the field '{detail}' at path '{path}' in the {reader} schema matches several fields of the {writer} \
              schema through its name and aliases",
};

pub(super) static TYPE_MISMATCH: Rule = Rule {
    id: "TYPE_MISMATCH",
    verdict: Verdict::Incompatible,
    message: "the type at path '{path}' in the {reader} schema does not read that in the {writer} schema ({detail})",
};

pub(super) static MISSING_UNION_BRANCH: Rule = Rule {
    id: "MISSING_UNION_BRANCH",
    verdict: Verdict::Incompatible,
    message: "the union at path '{path}' in the {reader} schema has no branch that reads the {detail} of the {writer} \
              schema",
};
