//! How types come out.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How types come out. The defaults need no dependency but the runtime.
///
/// Every field is also a key of the manifest's `[codegen]` table, with dashes: `strip-namespace = "com.acme"`.
#[derive(Debug, Clone, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the manifest that stands alone"
)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The path of the runtime crate in generated code.
    pub runtime: String,
    /// Whether types implement `serde`'s traits. The runtime needs its feature `serde` then.
    pub serde: bool,
    /// What points in time, dates and times of day become.
    pub time: Time,
    /// What UUIDs become.
    pub uuid: Uuid,
    /// What decimals become.
    pub decimal: Decimal,
    /// What maps become.
    pub map: Map,
    /// Derives for types, by full name; `*` stands for all.
    pub derives: BTreeMap<String, Vec<String>>,
    /// Attributes for types, by full name; `*` stands for all.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Other names for types and fields: by full name, or by full name, a dot and the field.
    pub renames: BTreeMap<String, String>,
    /// Whether records of Avro have a builder, beside `Default` and `new`.
    pub builders: bool,
    /// Whether types of Avro that hold strings or bytes have a twin that borrows them: `OrderRef<'a>` beside `Order`.
    pub borrowed: bool,
    /// Whether types of Avro get by without `std`, on `alloc`. Maps are `BTreeMap` then, and `serde`'s traits are left out; the
    /// runtime is taken without its default features.
    pub no_std: bool,
    /// Types of your own in place of those that would be made, as paths such as `crate::Money`: of Avro and Protobuf by full
    /// name, where a package of Protobuf may have a module in its place; of JSON Schema by the name of the type.
    pub replacements: BTreeMap<String, String>,
    /// A namespace that is left out of module paths where it leads.
    pub strip_namespace: Option<String>,
    /// Whether a default that is no value of its field's type is a warning; it is an error otherwise.
    pub ignore_invalid_defaults: bool,
    /// Whether types from JSON Schema keep properties that their schema does not name, where it allows them.
    pub preserve_unknown: bool,
}

/// What Avro's points in time, dates and times of day become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Time {
    /// Types of the runtime that hold the number.
    #[default]
    Runtime,
    /// Types of `jiff`; the runtime needs its feature of that name.
    Jiff,
    /// Types of `chrono`; the runtime needs its feature of that name.
    Chrono,
}

/// What UUIDs become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uuid {
    /// A type of the runtime that holds the sixteen bytes.
    #[default]
    Runtime,
    /// `uuid::Uuid`; the runtime needs its feature of that name.
    Uuid,
}

/// What decimals become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::enum_variant_names,
    reason = "two of them are the names of the types"
)]
pub enum Decimal {
    /// A type of the runtime that holds the digits, as many as there are.
    #[default]
    Runtime,
    /// `rust_decimal::Decimal`, where the precision is no more than the 28 digits that it has room for; the runtime needs its
    /// feature of that name.
    #[serde(rename = "rust_decimal")]
    RustDecimal,
    /// `bigdecimal::BigDecimal`; the runtime needs its feature of that name.
    #[serde(rename = "bigdecimal")]
    BigDecimal,
}

impl Decimal {
    /// What a decimal of a precision becomes.
    pub(crate) fn of(self, precision: u32) -> Self {
        match self {
            Self::RustDecimal if precision > 28 => Self::Runtime,
            other => other,
        }
    }
}

/// What maps become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Map {
    /// `std::collections::HashMap`.
    #[default]
    HashMap,
    /// `std::collections::BTreeMap`, which is always written in the same order.
    BTreeMap,
}

impl Options {
    /// What is really meant: without `std` some of what is asked for is not there.
    pub(crate) fn settled(&self) -> Self {
        let mut options = self.clone();
        if options.no_std {
            options.map = Map::BTreeMap;
            options.serde = false;
        }
        options
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            runtime: "::dovetail_runtime".to_owned(),
            serde: true,
            time: Time::default(),
            uuid: Uuid::default(),
            decimal: Decimal::default(),
            map: Map::default(),
            derives: BTreeMap::new(),
            attributes: BTreeMap::new(),
            renames: BTreeMap::new(),
            builders: false,
            borrowed: false,
            no_std: false,
            replacements: BTreeMap::new(),
            strip_namespace: None,
            ignore_invalid_defaults: false,
            preserve_unknown: false,
        }
    }
}
