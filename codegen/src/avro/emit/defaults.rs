//! Defaults as expressions.

use dovetail_runtime::{Value, logical, schema::Logical};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Context;
use crate::{
    Decimal, Map, Time,
    avro::{items::Body, ty::Ty},
    names::token,
};

/// A value of a type. The value was checked against the schema that the type was made of.
pub(super) fn expression(
    context: &Context<'_>,
    from: &[String],
    ty: &Ty,
    value: &Value,
) -> TokenStream {
    let alloc = &context.alloc;
    match (ty, value) {
        (Ty::Boxed(inner), _) => {
            let inner = expression(context, from, inner, value);
            quote!(#alloc::boxed::Box::new(#inner))
        }
        (Ty::Single(inner), Value::Union(_, value)) => expression(context, from, inner, value),
        (Ty::Option { .. } | Ty::NullableUnion(_), Value::Union(_, value))
            if **value == Value::Null =>
        {
            quote!(::core::option::Option::None)
        }
        (Ty::Option { inner, .. }, Value::Union(_, value)) => {
            let value = expression(context, from, inner, value);
            quote!(::core::option::Option::Some(#value))
        }
        (Ty::NullableUnion(item), Value::Union(..)) => {
            let value = expression(context, from, &Ty::Union(*item), value);
            quote!(::core::option::Option::Some(#value))
        }
        (Ty::Union(item), Value::Union(index, value)) => {
            let path = context.path(from, *item);
            let Body::Union(union) = &context.items.all[*item].body else {
                return TokenStream::new();
            };
            let mut variants = union.variants.iter();
            let Some(variant) = variants.find(|variant| variant.index == *index) else {
                return TokenStream::new();
            };
            let name = token(&variant.identifier);
            let value = expression(context, from, &variant.ty, value);
            quote!(#path::#name(#value))
        }
        (Ty::Logical(logical, size), _) => logical_value(context, *logical, *size, value),
        (Ty::Array(inner), Value::Array(items)) => {
            if items.is_empty() {
                return quote!(#alloc::vec::Vec::new());
            }
            let items = items
                .iter()
                .map(|item| expression(context, from, inner, item));
            quote!(#alloc::vec![#(#items),*])
        }
        (Ty::Map(inner), Value::Map(entries)) => {
            let map = match context.options.map {
                Map::HashMap => quote!(::std::collections::HashMap),
                Map::BTreeMap => quote!(#alloc::collections::BTreeMap),
            };
            if entries.is_empty() {
                return quote!(#map::new());
            }
            let entries = entries.iter().map(|(key, value)| {
                let key = text(context, key);
                let value = expression(context, from, inner, value);
                quote!((#key, #value))
            });
            quote!(#map::from([#(#entries),*]))
        }
        (Ty::Item(item), _) => item_value(context, from, *item, value),
        _ => primitive_value(context, value),
    }
}

/// Why a value is none of the Rust type, though it is one of the schema: a decimal that has more digits than its precision says.
pub(super) fn misfit(context: &Context<'_>, ty: &Ty, value: &Value) -> Option<&'static str> {
    match (ty, value) {
        (
            Ty::Logical(Logical::Decimal { precision, .. }, _),
            Value::Bytes(bytes) | Value::Fixed(bytes),
        ) => {
            let is_limited = context.options.decimal.of(*precision) == Decimal::RustDecimal;
            let unscaled = logical::Decimal::<0>::from_be_bytes(bytes).unscaled();
            let fits = unscaled.is_some_and(|unscaled| unscaled.unsigned_abs() < 1 << 96);
            (is_limited && !fits).then_some("has more digits than `rust_decimal` has room for")
        }
        (Ty::Array(inner), Value::Array(items)) => {
            items.iter().find_map(|item| misfit(context, inner, item))
        }
        (Ty::Map(inner), Value::Map(entries)) => {
            let mut values = entries.iter().map(|(_, value)| value);
            values.find_map(|value| misfit(context, inner, value))
        }
        (Ty::Boxed(inner), value) => misfit(context, inner, value),
        (Ty::Single(inner) | Ty::Option { inner, .. }, Value::Union(_, value)) => {
            misfit(context, inner, value)
        }
        (Ty::Union(item) | Ty::NullableUnion(item), Value::Union(index, value)) => {
            let Body::Union(union) = &context.items.all[*item].body else {
                return None;
            };
            let mut variants = union.variants.iter();
            let variant = variants.find(|variant| variant.index == *index)?;
            misfit(context, &variant.ty, value)
        }
        (Ty::Item(item), Value::Record(values)) => {
            let Body::Record(fields) = &context.items.all[*item].body else {
                return None;
            };
            let mut fields = fields.iter().zip(values);
            fields.find_map(|((_, ty), value)| misfit(context, ty, value))
        }
        _ => None,
    }
}

fn item_value(context: &Context<'_>, from: &[String], item: usize, value: &Value) -> TokenStream {
    let path = context.path(from, item);
    if context.replacement(item).is_some() {
        return read(context, &path, value);
    }
    match (&context.items.all[item].body, value) {
        (Body::Record(fields), Value::Record(values)) => {
            let fields = fields.iter().zip(values).map(|((name, ty), value)| {
                let name = token(name);
                let value = expression(context, from, ty, value);
                quote!(#name: #value)
            });
            quote!(#path { #(#fields),* })
        }
        (Body::Enum(symbols), Value::Enum(index)) => {
            let symbol = symbols.get(*index as usize).map(|symbol| token(symbol));
            quote!(#path::#symbol)
        }
        (_, Value::Fixed(bytes)) => {
            let bytes = Literal::byte_string(bytes);
            quote!(#path(*#bytes))
        }
        _ => TokenStream::new(),
    }
}

/// Numbers are written in the runtime's own types; everything else is read from the bytes that the value is written as.
fn logical_value(
    context: &Context<'_>,
    logical: Logical,
    size: Option<usize>,
    value: &Value,
) -> TokenStream {
    let ty = Ty::Logical(logical, size);
    let codec = context.codec(&[], &ty);
    if context.options.time == Time::Runtime
        && let Value::Int(_) | Value::Long(_) = value
    {
        let number = primitive_value(context, value);
        return quote!(#codec(#number));
    }
    read(context, &codec, value)
}

/// A value that is read from the bytes it is written as.
fn read(context: &Context<'_>, codec: &TokenStream, value: &Value) -> TokenStream {
    let rt = &context.rt;
    let mut bytes = Vec::new();
    value.write(&mut bytes);
    let bytes = Literal::byte_string(&bytes);
    quote!(#rt::default_of::<#codec>(#bytes))
}

fn primitive_value(context: &Context<'_>, value: &Value) -> TokenStream {
    let alloc = &context.alloc;
    match value {
        Value::Boolean(value) => quote!(#value),
        Value::Int(value) => {
            let literal = Literal::i32_unsuffixed(*value);
            quote!(#literal)
        }
        Value::Long(value) => {
            let literal = Literal::i64_unsuffixed(*value);
            quote!(#literal)
        }
        Value::Float(value) if value.is_nan() => quote!(f32::NAN),
        Value::Float(value) if value.is_infinite() && *value > 0.0 => quote!(f32::INFINITY),
        Value::Float(value) if value.is_infinite() => quote!(f32::NEG_INFINITY),
        Value::Float(value) => {
            let literal = Literal::f32_unsuffixed(*value);
            quote!(#literal)
        }
        Value::Double(value) if value.is_nan() => quote!(f64::NAN),
        Value::Double(value) if value.is_infinite() && *value > 0.0 => quote!(f64::INFINITY),
        Value::Double(value) if value.is_infinite() => quote!(f64::NEG_INFINITY),
        Value::Double(value) => {
            let literal = Literal::f64_unsuffixed(*value);
            quote!(#literal)
        }
        Value::String(value) => text(context, value),
        Value::Bytes(bytes) if bytes.is_empty() => quote!(#alloc::vec::Vec::new()),
        Value::Bytes(bytes) => {
            let bytes = Literal::byte_string(bytes);
            quote!(#bytes.to_vec())
        }
        _ => quote!(()),
    }
}

fn text(context: &Context<'_>, value: &str) -> TokenStream {
    let alloc = &context.alloc;
    if value.is_empty() {
        quote!(#alloc::string::String::new())
    } else {
        quote!(#alloc::string::String::from(#value))
    }
}
