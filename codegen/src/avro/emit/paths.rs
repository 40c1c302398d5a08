//! Paths and types as tokens.
//!
//! Our own modules are named relative to each other, so that the output works wherever it is put; everything else by an
//! absolute path, so that no name of a schema hides it.

use dovetail_runtime::schema::{Logical, Primitive};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Context;
use crate::{
    Decimal, Map, Time, Uuid,
    avro::ty::{ItemId, Ty},
    names::token,
};

/// Whether a type owns its strings and bytes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Owned,
    Borrowed,
}

/// The path from a module to something in another one.
pub(in crate::avro) fn relative(from: &[String], to: &[String], identifier: &str) -> TokenStream {
    let common = from
        .iter()
        .zip(to)
        .take_while(|(one, other)| one == other)
        .count();
    let up = from[common..].iter().map(|_| quote!(super::));
    let down = to[common..].iter().map(|module| {
        let module = token(module);
        quote!(#module::)
    });
    let identifier = token(identifier);
    let here = if common == from.len() && common < to.len() {
        quote!(self::)
    } else {
        TokenStream::new()
    };
    quote!(#here #(#up)* #(#down)* #identifier)
}

impl Context<'_> {
    /// The path of an item, by the name that it has in the module of the same text.
    pub(super) fn path(&self, from: &[String], id: ItemId) -> TokenStream {
        let (module, identifier) = self.items.local(self.text_of(from), id);
        relative(from, module, identifier)
    }

    /// The text that a module belongs to.
    fn text_of(&self, module: &[String]) -> usize {
        let text = |length: usize| self.by_module.get(module.get(..length)?).copied();
        text(2).or_else(|| text(1)).unwrap_or_default()
    }

    /// The path of the twin of an item, without its lifetime.
    pub(super) fn twin_path(&self, from: &[String], id: ItemId) -> TokenStream {
        let (module, identifier) = self.items.local(self.text_of(from), id);
        relative(from, module, self.twins.name(module, identifier))
    }

    /// A Rust type.
    pub(super) fn ty(&self, from: &[String], ty: &Ty) -> TokenStream {
        self.ty_in(Form::Owned, from, ty)
    }

    /// A Rust type that borrows for `'a` what it can.
    pub(super) fn ty_ref(&self, from: &[String], ty: &Ty) -> TokenStream {
        self.ty_in(Form::Borrowed, from, ty)
    }

    fn ty_in(&self, form: Form, from: &[String], ty: &Ty) -> TokenStream {
        let alloc = &self.alloc;
        let text = match form {
            Form::Owned => quote!(#alloc::string::String),
            Form::Borrowed => quote!(&'a str),
        };
        match ty {
            Ty::Primitive(Primitive::String) => text,
            Ty::Primitive(Primitive::Bytes) if form == Form::Borrowed => quote!(&'a [u8]),
            Ty::Primitive(primitive) => self.primitive_type(*primitive),
            Ty::Logical(logical, size) => self.logical_type(*logical, *size),
            Ty::Array(inner) => {
                let inner = self.ty_in(form, from, inner);
                quote!(#alloc::vec::Vec<#inner>)
            }
            Ty::Map(inner) => {
                let inner = self.ty_in(form, from, inner);
                match self.options.map {
                    Map::HashMap => quote!(::std::collections::HashMap<#text, #inner>),
                    Map::BTreeMap => quote!(#alloc::collections::BTreeMap<#text, #inner>),
                }
            }
            Ty::Item(item) | Ty::Union(item) => self.path_in(form, from, *item),
            Ty::NullableUnion(item) => {
                let inner = self.path_in(form, from, *item);
                quote!(::core::option::Option<#inner>)
            }
            Ty::Option { inner, .. } => {
                let inner = self.ty_in(form, from, inner);
                quote!(::core::option::Option<#inner>)
            }
            Ty::Single(inner) => self.ty_in(form, from, inner),
            Ty::Boxed(inner) => {
                let inner = self.ty_in(form, from, inner);
                quote!(#alloc::boxed::Box<#inner>)
            }
        }
    }

    /// The type of an item, or of its twin.
    fn path_in(&self, form: Form, from: &[String], id: ItemId) -> TokenStream {
        if form == Form::Borrowed && self.twins.has(id) {
            let path = self.twin_path(from, id);
            quote!(#path<'a>)
        } else {
            self.path(from, id)
        }
    }

    /// How a Rust type is written.
    pub(super) fn codec(&self, from: &[String], ty: &Ty) -> TokenStream {
        self.codec_in(Form::Owned, from, ty)
    }

    /// How a Rust type is written that borrows for `'a` what it can.
    pub(super) fn codec_ref(&self, from: &[String], ty: &Ty) -> TokenStream {
        self.codec_in(Form::Borrowed, from, ty)
    }

    fn codec_in(&self, form: Form, from: &[String], ty: &Ty) -> TokenStream {
        let rt = &self.rt;
        if form == Form::Borrowed && !self.twins.borrows(ty) {
            let inner = self.codec(from, ty);
            return quote!(#rt::codec::Owned<#inner>);
        }
        let around = |codec: TokenStream, inner: &Ty| {
            let inner = self.codec_in(form, from, inner);
            quote!(#rt::codec::#codec<#inner>)
        };
        match ty {
            Ty::Primitive(primitive) => {
                let codec = match primitive {
                    Primitive::Null => quote!(Null),
                    Primitive::Boolean => quote!(Boolean),
                    Primitive::Int => quote!(Int),
                    Primitive::Long => quote!(Long),
                    Primitive::Float => quote!(Float),
                    Primitive::Double => quote!(Double),
                    Primitive::Bytes => quote!(Bytes),
                    Primitive::String => quote!(Text),
                };
                quote!(#rt::codec::#codec)
            }
            Ty::Logical(logical, size) => self.logical_codec(*logical, *size),
            Ty::Array(inner) => around(quote!(Array), inner),
            Ty::Map(inner) => match self.options.map {
                Map::HashMap => around(quote!(Map), inner),
                Map::BTreeMap => around(quote!(SortedMap), inner),
            },
            Ty::Item(item) => self.path_in(form, from, *item),
            Ty::Union(item) => {
                let inner = self.path_in(form, from, *item);
                quote!(#rt::codec::Union<#inner>)
            }
            Ty::NullableUnion(item) => {
                let inner = self.path_in(form, from, *item);
                quote!(#rt::codec::NullableUnion<#inner>)
            }
            Ty::Option { null_first, inner } => {
                if *null_first {
                    around(quote!(NullFirst), inner)
                } else {
                    around(quote!(NullLast), inner)
                }
            }
            Ty::Single(inner) => around(quote!(Single), inner),
            Ty::Boxed(inner) => around(quote!(Boxed), inner),
        }
    }

    fn primitive_type(&self, primitive: Primitive) -> TokenStream {
        let alloc = &self.alloc;
        match primitive {
            Primitive::Null => quote!(()),
            Primitive::Boolean => quote!(bool),
            Primitive::Int => quote!(i32),
            Primitive::Long => quote!(i64),
            Primitive::Float => quote!(f32),
            Primitive::Double => quote!(f64),
            Primitive::Bytes => quote!(#alloc::vec::Vec<u8>),
            Primitive::String => quote!(#alloc::string::String),
        }
    }

    fn logical_type(&self, logical: Logical, size: Option<usize>) -> TokenStream {
        let rt = &self.rt;
        match logical {
            Logical::Decimal { precision, scale } => match self.options.decimal.of(precision) {
                Decimal::Runtime => {
                    let scale = Literal::u32_unsuffixed(scale);
                    quote!(#rt::logical::Decimal<#scale>)
                }
                Decimal::RustDecimal => quote!(#rt::rust_decimal::Decimal),
                Decimal::BigDecimal => quote!(#rt::bigdecimal::BigDecimal),
            },
            Logical::Uuid => match self.options.uuid {
                Uuid::Runtime => quote!(#rt::logical::Uuid),
                Uuid::Uuid => quote!(#rt::uuid::Uuid),
            },
            Logical::Duration => quote!(#rt::logical::Duration),
            _ => match self.options.time {
                // A newtype writes itself.
                Time::Runtime => self.logical_codec(logical, size),
                // By its own name: types that are the same in Rust must be seen to be.
                Time::Jiff => match logical {
                    Logical::Date => quote!(#rt::jiff::CivilDate),
                    Logical::TimeMillis | Logical::TimeMicros => quote!(#rt::jiff::Time),
                    _ if is_local(logical) => quote!(#rt::jiff::DateTime),
                    _ => quote!(#rt::jiff::Timestamp),
                },
                Time::Chrono => match logical {
                    Logical::Date => quote!(#rt::chrono::NaiveDate),
                    Logical::TimeMillis | Logical::TimeMicros => quote!(#rt::chrono::NaiveTime),
                    _ if is_local(logical) => quote!(#rt::chrono::NaiveDateTime),
                    _ => quote!(#rt::chrono::DateTime<#rt::chrono::Utc>),
                },
            },
        }
    }

    fn logical_codec(&self, logical: Logical, size: Option<usize>) -> TokenStream {
        let rt = &self.rt;
        let name = match logical {
            Logical::Decimal { precision, scale } => {
                let of = match self.options.decimal.of(precision) {
                    Decimal::Runtime => quote!(#rt::logical),
                    Decimal::RustDecimal => quote!(#rt::rust_decimal),
                    Decimal::BigDecimal => quote!(#rt::bigdecimal),
                };
                let [precision, scale] = [precision, scale].map(Literal::u32_unsuffixed);
                return size.map(Literal::usize_unsuffixed).map_or_else(
                    || quote!(#of::DecimalBytes<#precision, #scale>),
                    |size| quote!(#of::DecimalFixed<#size, #precision, #scale>),
                );
            }
            Logical::Uuid => {
                let name = if size.is_some() {
                    quote!(UuidFixed)
                } else {
                    quote!(UuidText)
                };
                return match self.options.uuid {
                    Uuid::Runtime => quote!(#rt::logical::#name),
                    Uuid::Uuid => quote!(#rt::uuid::#name),
                };
            }
            Logical::Duration => return quote!(#rt::logical::Duration),
            Logical::Date => quote!(Date),
            Logical::TimeMillis => quote!(TimeMillis),
            Logical::TimeMicros => quote!(TimeMicros),
            Logical::TimestampMillis => quote!(TimestampMillis),
            Logical::TimestampMicros => quote!(TimestampMicros),
            Logical::TimestampNanos => quote!(TimestampNanos),
            Logical::LocalTimestampMillis => quote!(LocalTimestampMillis),
            Logical::LocalTimestampMicros => quote!(LocalTimestampMicros),
            _ => quote!(LocalTimestampNanos),
        };
        match self.options.time {
            Time::Runtime => quote!(#rt::logical::#name),
            Time::Jiff => quote!(#rt::jiff::#name),
            Time::Chrono => quote!(#rt::chrono::#name),
        }
    }
}

const fn is_local(logical: Logical) -> bool {
    matches!(
        logical,
        Logical::LocalTimestampMillis
            | Logical::LocalTimestampMicros
            | Logical::LocalTimestampNanos
    )
}
