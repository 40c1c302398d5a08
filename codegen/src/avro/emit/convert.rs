//! Conversions from one version of a type to another that cannot fail, written out field by field.
//!
//! What is written out does what a plan would do: fields by name and alias, defaults, the widenings that lose nothing, symbols
//! by name. Where some value of the old version has no place in the new one, or the same type is inside itself, nothing is
//! written out, and the conversion stays one that may fail.

use std::{cell::Cell, collections::HashMap};

use dovetail_runtime::{
    default_value,
    schema::{Enum, Kind, Named, Primitive, Record},
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, defaults};
use crate::{
    avro::{
        items::{Body, Union},
        ty::{ItemId, Ty},
    },
    names::token,
};

/// How many values one conversion looks at before it is left to a plan; types that are used many times are written out as often.
const MAX_VALUES: usize = 500;

/// The conversion of a root by reference, as an expression over `value`; nothing where it may fail.
pub(super) fn expression(
    context: &Context<'_>,
    module: &[String],
    from: ItemId,
    to: ItemId,
) -> Option<TokenStream> {
    let conversion = Conversion {
        context,
        module,
        left: Cell::new(MAX_VALUES),
    };
    conversion.item(from, to, &Place::of_reference(&quote!(value)))
}

/// A value that is there already, in the three ways it is spoken of.
pub(super) struct Place {
    /// As a reference.
    pub(super) reference: TokenStream,
    /// As what a method is called on or a field is taken of.
    pub(super) receiver: TokenStream,
    /// As a value that is copied.
    pub(super) copied: TokenStream,
}

impl Place {
    pub(super) fn of_reference(reference: &TokenStream) -> Self {
        Self {
            reference: reference.clone(),
            receiver: reference.clone(),
            copied: quote!(*#reference),
        }
    }

    pub(super) fn field(&self, name: &TokenStream) -> Self {
        let receiver = &self.receiver;
        Self {
            reference: quote!(&#receiver.#name),
            receiver: quote!(#receiver.#name),
            copied: quote!(#receiver.#name),
        }
    }

    pub(super) fn unboxed(&self) -> Self {
        let reference = &self.reference;
        Self::of_reference(&quote!(::core::ops::Deref::deref(#reference)))
    }
}

struct Conversion<'a> {
    context: &'a Context<'a>,
    /// The module that the code stands in.
    module: &'a [String],
    left: Cell<usize>,
}

impl Conversion<'_> {
    /// A value of one type, as one of another type.
    fn value(&self, from: &Ty, to: &Ty, place: &Place) -> Option<TokenStream> {
        self.left.set(self.left.get().checked_sub(1)?);
        let (reference, receiver) = (&place.reference, &place.receiver);
        let alloc = &self.context.alloc;
        let item = Place::of_reference(&quote!(item));
        if from == to {
            return Some(quote!(::core::clone::Clone::clone(#reference)));
        }
        match (from, to) {
            (Ty::Single(from), to) => self.value(from, to, place),
            (from, Ty::Single(to)) => self.value(from, to, place),
            (Ty::Boxed(from), to) => self.value(from, to, &place.unboxed()),
            (from, Ty::Boxed(to)) => {
                let inner = self.value(from, to, place)?;
                Some(quote!(#alloc::boxed::Box::new(#inner)))
            }
            (Ty::Primitive(from), Ty::Primitive(to)) => widened(*from, *to, place),
            (Ty::Array(from), Ty::Array(to)) => {
                let inner = self.value(from, to, &item)?;
                Some(quote!(#receiver.iter().map(|item| #inner).collect()))
            }
            (Ty::Map(from), Ty::Map(to)) => {
                let inner = self.value(from, to, &item)?;
                let key = quote!(::core::clone::Clone::clone(key));
                Some(quote!(#receiver.iter().map(|(key, item)| (#key, #inner)).collect()))
            }
            (Ty::Option { inner: from, .. }, Ty::Option { inner: to, .. }) => {
                mapped(place, |item| self.value(from, to, item))
            }
            (Ty::NullableUnion(from), Ty::NullableUnion(to)) => {
                mapped(place, |item| self.union(*from, *to, item))
            }
            (Ty::Union(from), Ty::NullableUnion(to)) => {
                let inner = self.union(*from, *to, place)?;
                Some(quote!(::core::option::Option::Some(#inner)))
            }
            (Ty::Union(from), Ty::Union(to)) => self.union(*from, *to, place),
            (Ty::Option { .. } | Ty::NullableUnion(_) | Ty::Union(_), _) => None,
            (from, Ty::Option { inner: to, .. })
                if !matches!(from, Ty::Primitive(Primitive::Null)) =>
            {
                let inner = self.value(from, to, place)?;
                Some(quote!(::core::option::Option::Some(#inner)))
            }
            (Ty::Item(from), Ty::Item(to)) => self.item(*from, *to, place),
            _ => None,
        }
    }

    fn item(&self, from: ItemId, to: ItemId, place: &Place) -> Option<TokenStream> {
        let items = &self.context.items.all;
        let (old, new) = (&items[from], &items[to]);
        let is_replaced = [from, to].map(|id| self.context.replacement(id).is_some());
        if old.is_recursive || new.is_recursive || is_replaced.contains(&true) {
            return None;
        }
        let path = self.context.path(self.module, to);
        match (&old.body, &new.body) {
            (Body::Root(from), Body::Root(to)) => {
                let inner = self.value(from, to, &place.field(&quote!(0)))?;
                Some(quote!(#path(#inner)))
            }
            (Body::Union(_), Body::Union(_)) => self.union(from, to, place),
            (old_body, new_body) => match (self.kind(from), self.kind(to)) {
                (Kind::Record(old), Kind::Record(new)) => {
                    let (Body::Record(from), Body::Record(to)) = (old_body, new_body) else {
                        return None;
                    };
                    let fields = self.fields((old, from), (new, to), place)?;
                    Some(quote!(#path { #(#fields),* }))
                }
                (Kind::Enum(old), Kind::Enum(new)) => {
                    let (Body::Enum(names), Body::Enum(to)) = (old_body, new_body) else {
                        return None;
                    };
                    let from = self.context.path(self.module, from);
                    let arms = symbols((old, names), (new, to), &from, &path)?;
                    let reference = &place.reference;
                    Some(quote!(match #reference { #(#arms),* }))
                }
                (Kind::Fixed(old), Kind::Fixed(new)) => {
                    let is_same = old.size == new.size && is_same_name(&old.named, &new.named);
                    let receiver = &place.receiver;
                    is_same.then(|| quote!(#path(#receiver.0)))
                }
                _ => None,
            },
        }
    }

    fn kind(&self, id: ItemId) -> &Kind {
        let (item, text) = self.context.named_item(id);
        text.schema.kind(item.node)
    }

    fn fields(
        &self,
        (old, from): (&Record, &[(String, Ty)]),
        (new, to): (&Record, &[(String, Ty)]),
        place: &Place,
    ) -> Option<Vec<TokenStream>> {
        if !is_same_name(&old.named, &new.named) {
            return None;
        }
        let by_name: HashMap<&str, &(String, Ty)> = old
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .zip(from)
            .collect();
        let mut made = Vec::new();
        for (field, (name, ty)) in new.fields.iter().zip(to) {
            let name = token(name);
            let mut names = std::iter::once(&field.name).chain(&field.aliases);
            let mut found = names.by_ref().filter_map(|name| by_name.get(name.as_str()));
            let value = match (found.next(), found.next()) {
                (Some((old, from)), None) => {
                    let old = token(old);
                    self.value(from, ty, &place.field(&quote!(#old)))?
                }
                (None, _) => self.default(new, field, ty)?,
                (Some(_), Some(_)) => return None,
            };
            made.push(quote!(#name: #value));
        }
        Some(made)
    }

    fn default(
        &self,
        record: &Record,
        field: &dovetail_runtime::schema::Field,
        ty: &Ty,
    ) -> Option<TokenStream> {
        let texts = self.context.texts.iter();
        let mut owners = texts.filter(|text| {
            let is_it =
                |kind: &Kind| matches!(kind, Kind::Record(one) if std::ptr::eq(one, record));
            text.reachable()
                .into_iter()
                .any(|id| is_it(text.schema.kind(id)))
        });
        let value = default_value(&owners.next()?.schema, field)?.ok()?;
        Some(defaults::expression(self.context, self.module, ty, &value))
    }

    /// A union whose branches all have a branch of the same name in the other one.
    fn union(&self, from: ItemId, to: ItemId, place: &Place) -> Option<TokenStream> {
        let (old, old_text) = self.context.named_item(from);
        let (new, new_text) = self.context.named_item(to);
        let (Body::Union(old), Body::Union(new)) = (&old.body, &new.body) else {
            return None;
        };
        let (old, new): (&Union, &Union) = (old, new);
        let (from, to) = (
            self.context.path(self.module, from),
            self.context.path(self.module, to),
        );
        let item = Place::of_reference(&quote!(item));
        let arms = old.variants.iter().map(|variant| {
            let kind = old_text.schema.kind(variant.node);
            let target = new.variants.iter().find(|target| {
                let target = new_text.schema.kind(target.node);
                (target.type_name(), target.full_name()) == (kind.type_name(), kind.full_name())
            })?;
            let inner = self.value(&variant.ty, &target.ty, &item)?;
            let (variant, target) = (token(&variant.identifier), token(&target.identifier));
            Some(quote!(#from::#variant(item) => #to::#target(#inner)))
        });
        let arms: Vec<_> = arms.collect::<Option<_>>()?;
        let reference = &place.reference;
        Some(quote!(match #reference { #(#arms),* }))
    }
}

fn mapped(place: &Place, inner: impl FnOnce(&Place) -> Option<TokenStream>) -> Option<TokenStream> {
    let receiver = &place.receiver;
    let inner = inner(&Place::of_reference(&quote!(item)))?;
    Some(quote!(#receiver.as_ref().map(|item| #inner)))
}

/// The widenings that lose nothing. What else Avro promotes is left to a plan.
fn widened(from: Primitive, to: Primitive, place: &Place) -> Option<TokenStream> {
    let (receiver, copied) = (&place.receiver, &place.copied);
    match (from, to) {
        (Primitive::Int, Primitive::Long) => Some(quote!(i64::from(#copied))),
        (Primitive::Int | Primitive::Float, Primitive::Double) => Some(quote!(f64::from(#copied))),
        (Primitive::String, Primitive::Bytes) => Some(quote!(#receiver.as_bytes().to_vec())),
        _ => None,
    }
}

/// An arm for each symbol; nothing where one has no counterpart and there is no default.
fn symbols(
    (old, names): (&Enum, &[String]),
    (new, targets): (&Enum, &[String]),
    from: &TokenStream,
    to: &TokenStream,
) -> Option<Vec<TokenStream>> {
    if !is_same_name(&old.named, &new.named) {
        return None;
    }
    let known: HashMap<&str, &String> = new
        .symbols
        .iter()
        .map(String::as_str)
        .zip(targets)
        .collect();
    let default = new.default.as_deref();
    let default = default.and_then(|default| known.get(default));
    let arms = old.symbols.iter().zip(names).map(|(symbol, name)| {
        let target = token(known.get(symbol.as_str()).or(default)?);
        let name = token(name);
        Some(quote!(#from::#name => #to::#target))
    });
    arms.collect()
}

/// Whether the names agree without their namespaces. Aliases are left to a plan.
fn is_same_name(old: &Named, new: &Named) -> bool {
    old.name.simple() == new.name.simple()
}
