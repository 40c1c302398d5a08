//! What schemas may import without a reference: what protox brings, and the files the protocol promises.

use protox::{
    Error,
    file::{File, FileResolver, GoogleFileResolver},
};

use super::messages;
use crate::ResolvedSchema;

macro_rules! promised {
    ($($path:literal),* $(,)?) => {
        &[$((
            $path,
            include_str!(concat!("../../../../compat/src/protobuf/bundled/", $path)),
        )),*]
    };
}

const PROMISED: &[(&str, &str)] = promised![
    "confluent/meta.proto",
    "confluent/type/decimal.proto",
    "confluent/type/variant.proto",
    "google/type/calendar_period.proto",
    "google/type/color.proto",
    "google/type/date.proto",
    "google/type/datetime.proto",
    "google/type/dayofweek.proto",
    "google/type/decimal.proto",
    "google/type/expr.proto",
    "google/type/fraction.proto",
    "google/type/interval.proto",
    "google/type/latlng.proto",
    "google/type/localized_text.proto",
    "google/type/money.proto",
    "google/type/month.proto",
    "google/type/phone_number.proto",
    "google/type/postal_address.proto",
    "google/type/quaternion.proto",
    "google/type/timeofday.proto",
];

/// The path of the schema itself, which no import has.
pub(super) const ROOT: &str = "schema:root.proto";

/// Opens the schema, what it refers to, and what is there without a reference.
pub(super) struct Imports {
    files: Vec<(String, String)>,
    google: GoogleFileResolver,
}

impl Imports {
    pub(super) fn of(schema: &ResolvedSchema) -> Self {
        let root = (ROOT.to_owned(), schema.schema.text.clone());
        let referenced = schema.references.iter();
        let referenced = referenced.map(|named| (named.name.clone(), named.schema.text.clone()));
        Self {
            files: std::iter::once(root).chain(referenced).collect(),
            google: GoogleFileResolver::new(),
        }
    }

    fn text(&self, path: &str) -> Option<&str> {
        let mut files = self.files.iter();
        let referenced = files.find(|(name, _)| name == path);
        let mut promised = PROMISED.iter();
        referenced
            .map(|(_, text)| text.as_str())
            .or_else(|| Some(promised.find(|(name, _)| *name == path)?.1))
    }
}

impl FileResolver for Imports {
    fn open_file(&self, path: &str) -> Result<File, Error> {
        // Uploaded copies of these are often newer than what the parser reads.
        if let Ok(file) = self.google.open_file(path) {
            return Ok(file);
        }
        match self.text(path) {
            Some(text) => messages::parse(path, text).map_err(Error::new),
            None => Err(Error::file_not_found(path)),
        }
    }
}
