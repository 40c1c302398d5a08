//! Twins: types that borrow their strings and bytes, how they are written, and how one form becomes the other.

use dovetail_runtime::schema::{Kind, Primitive};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, convert::Place, docs, unions};
use crate::{
    avro::{
        Notes,
        items::{Body, Union},
        twins,
        ty::{ItemId, Ty},
    },
    names::token,
};

/// The twin of an item, if it has one.
pub(super) fn twin(context: &Context<'_>, id: ItemId, notes: &mut Notes) -> TokenStream {
    if !context.twins.has(id) {
        return TokenStream::new();
    }
    let (item, text) = context.named_item(id);
    let name = context.twins.name(&item.module, &item.identifier);
    let usual = twins::usual(&item.identifier);
    if name != usual {
        let message = format!(
            "the type that borrows from {} is called {name}, because {usual} is another type",
            item.identifier
        );
        notes.warn(&text.label, text.schema.pointer(item.node), message);
    }
    let twin = Twin {
        context,
        id,
        module: &item.module,
    };
    let Parts {
        structure,
        codec,
        to_owned,
        from,
    } = match &item.body {
        Body::Record(fields) => twin.record(fields),
        Body::Union(union) => twin.union(union),
        Body::Root(ty) => twin.wrapper(ty),
        Body::Fixed(size) => twin.fixed(*size),
        Body::Enum(_) => return TokenStream::new(),
    };
    let derives = match &item.body {
        Body::Fixed(_) => vec![
            "Clone",
            "Copy",
            "PartialEq",
            "Eq",
            "Hash",
            "PartialOrd",
            "Ord",
        ],
        _ => context.traits.derives(id),
    };
    let attributes = context.attributes_of(&[name], &derives);
    let doc = format!(
        " [`{}`] with its strings and bytes borrowed from where they were read.",
        item.identifier
    );
    let (owned, name) = (token(&item.identifier), token(name));
    quote! {
        #[doc = #doc]
        #attributes
        #structure

        #codec

        impl #name<'_> {
            /// The same value with strings and bytes of its own.
            #[must_use]
            pub fn to_owned(&self) -> #owned {
                let value = self;
                #to_owned
            }
        }

        impl<'a> ::core::convert::From<&'a #owned> for #name<'a> {
            fn from(value: &'a #owned) -> Self {
                #from
            }
        }
    }
}

/// What differs from one kind of item to the next.
struct Parts {
    structure: TokenStream,
    codec: TokenStream,
    /// The twin in `value`, as the type that owns.
    to_owned: TokenStream,
    /// The type that owns in `value`, as the twin.
    from: TokenStream,
}

struct Twin<'c> {
    context: &'c Context<'c>,
    id: ItemId,
    /// The module that it stands in.
    module: &'c [String],
}

impl Twin<'_> {
    /// The twin and the type that owns.
    fn names(&self) -> (TokenStream, TokenStream) {
        let twin = self.context.twin_path(self.module, self.id);
        (twin, self.context.path(self.module, self.id))
    }

    fn record(&self, fields: &[(String, Ty)]) -> Parts {
        let (context, module) = (self.context, self.module);
        let rt = &context.rt;
        let (item, text) = context.named_item(self.id);
        let (twin, owned) = self.names();
        let documentation: Vec<_> = match text.schema.kind(item.node) {
            Kind::Record(record) => {
                let fields = record.fields.iter();
                fields.map(|field| docs(field.doc.as_deref())).collect()
            }
            _ => Vec::new(),
        };
        let names: Vec<_> = fields.iter().map(|(name, _)| token(name)).collect();
        let types = fields.iter().map(|(_, ty)| context.ty_ref(module, ty));
        let codecs = fields.iter().map(|(_, ty)| context.codec_ref(module, ty));
        let indexes = (0..fields.len()).map(Literal::usize_unsuffixed);
        let recursive = item.is_recursive.then(|| quote!(recursive));
        let value = Place::of_reference(&quote!(value));
        let places = || names.iter().map(|name| value.field(&quote!(#name)));
        let owns = fields.iter().zip(places());
        let owns = owns.map(|((_, ty), place)| self.own(ty, &place));
        let lends = fields.iter().zip(places());
        let lends = lends.map(|((_, ty), place)| self.lend(ty, &place));
        Parts {
            structure: quote!(pub struct #twin<'a> { #(#documentation pub #names: #types),* }),
            codec: quote!(#rt::record! { #recursive #twin<'a> { #(#indexes #names: #codecs;)* } }),
            to_owned: quote!(#owned { #(#names: #owns),* }),
            from: quote!(Self { #(#names: #lends),* }),
        }
    }

    fn union(&self, union: &Union) -> Parts {
        let (context, module) = (self.context, self.module);
        let rt = &context.rt;
        let (twin, owned) = self.names();
        let variants = || union.variants.iter();
        let names: Vec<_> = variants().map(|it| token(&it.identifier)).collect();
        let indexes = variants().map(|it| Literal::u32_unsuffixed(it.index));
        let types: Vec<_> = variants()
            .map(|it| context.ty_ref(module, &it.ty))
            .collect();
        let codecs = variants().map(|it| context.codec_ref(module, &it.ty));
        let value = Place::of_reference(&quote!(value));
        let owns = variants().map(|it| self.own(&it.ty, &value));
        let lends = variants().map(|it| self.lend(&it.ty, &value));
        let null = unions::null(union);
        let looks = unions::looks(union, &types);
        Parts {
            structure: quote!(pub enum #twin<'a> { #(#names(#types)),* }),
            codec: quote! {
                impl<'a> #twin<'a> { #looks }

                #rt::union! { #twin<'a>(#null) { #(#indexes #names: #codecs;)* } }
            },
            to_owned: quote!(match value { #(Self::#names(value) => #owned::#names(#owns),)* }),
            from: quote!(match value { #(#owned::#names(value) => Self::#names(#lends),)* }),
        }
    }

    fn wrapper(&self, ty: &Ty) -> Parts {
        let (twin, owned) = self.names();
        let rt = &self.context.rt;
        let codec = self.context.codec_ref(self.module, ty);
        let place = Place::of_reference(&quote!(value)).field(&quote!(0));
        let own = self.own(ty, &place);
        let lend = self.lend(ty, &place);
        let ty = self.context.ty_ref(self.module, ty);
        Parts {
            structure: quote!(pub struct #twin<'a>(pub #ty);),
            codec: quote!(#rt::transparent! { <'a> #twin<'a>, #codec }),
            to_owned: quote!(#owned(#own)),
            from: quote!(Self(#lend)),
        }
    }

    fn fixed(&self, size: usize) -> Parts {
        let (twin, owned) = self.names();
        let rt = &self.context.rt;
        let size = Literal::usize_unsuffixed(size);
        Parts {
            structure: quote!(pub struct #twin<'a>(pub &'a [u8; #size]);),
            codec: quote!(#rt::fixed_ref! { #twin<'a>[#size] }),
            to_owned: quote!(#owned(*value.0)),
            from: quote!(Self(&value.0)),
        }
    }

    /// A value that borrows, as one that owns.
    fn own(&self, ty: &Ty, place: &Place) -> TokenStream {
        let Place {
            reference, copied, ..
        } = place;
        match ty {
            Ty::Primitive(Primitive::String) => quote!(::std::string::String::from(#copied)),
            Ty::Primitive(Primitive::Bytes) => {
                let receiver = &place.receiver;
                quote!(#receiver.to_vec())
            }
            Ty::Item(item) | Ty::Union(item) if self.context.twins.has(*item) => {
                let twin = self.context.twin_path(self.module, *item);
                quote!(#twin::to_owned(#reference))
            }
            _ => {
                let key = quote!(::std::string::String::from(*key));
                self.around(ty, place, &key, |ty, place| self.own(ty, place))
            }
        }
    }

    /// A value that owns, as one that borrows from it.
    fn lend(&self, ty: &Ty, place: &Place) -> TokenStream {
        let Place {
            reference,
            receiver,
            ..
        } = place;
        match ty {
            Ty::Primitive(Primitive::String) => quote!(#receiver.as_str()),
            Ty::Primitive(Primitive::Bytes) => quote!(#receiver.as_slice()),
            Ty::Item(item) | Ty::Union(item) if self.context.twins.has(*item) => {
                quote!(::core::convert::From::from(#reference))
            }
            _ => {
                let key = quote!(key.as_str());
                self.around(ty, place, &key, |ty, place| self.lend(ty, place))
            }
        }
    }

    /// What is around the values that differ, which is the same in both directions but for the keys of maps.
    fn around(
        &self,
        ty: &Ty,
        place: &Place,
        key: &TokenStream,
        inner: impl Fn(&Ty, &Place) -> TokenStream,
    ) -> TokenStream {
        let Place {
            reference,
            receiver,
            ..
        } = place;
        let item = Place::of_reference(&quote!(item));
        match ty {
            Ty::Single(only) => inner(only, place),
            _ if !self.context.twins.borrows(ty) => {
                quote!(::core::clone::Clone::clone(#reference))
            }
            Ty::Array(of) => {
                let inner = inner(of, &item);
                quote!(#receiver.iter().map(|item| #inner).collect())
            }
            Ty::Map(of) => {
                let inner = inner(of, &item);
                quote!(#receiver.iter().map(|(key, item)| (#key, #inner)).collect())
            }
            Ty::Option { inner: of, .. } => {
                let inner = inner(of, &item);
                quote!(#receiver.as_ref().map(|item| #inner))
            }
            Ty::NullableUnion(of) => {
                let inner = inner(&Ty::Union(*of), &item);
                quote!(#receiver.as_ref().map(|item| #inner))
            }
            Ty::Boxed(of) => {
                let inner = inner(of, &place.unboxed());
                quote!(::std::boxed::Box::new(#inner))
            }
            _ => quote!(::core::clone::Clone::clone(#reference)),
        }
    }
}
