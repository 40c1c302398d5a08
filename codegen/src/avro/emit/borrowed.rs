//! Twins: types that borrow their strings and bytes, how they are written, and how one form becomes the other.

use dovetail_runtime::schema::{Kind, Primitive};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, convert::Place, docs, paths::Form, unions};
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
    // Types without values are made of themselves.
    let recursion = item
        .is_recursive
        .then(|| quote!(#[allow(unconditional_recursion)]));
    let (owned, name) = (token(&item.identifier), token(name));
    quote! {
        #[doc = #doc]
        #attributes
        #structure

        #codec

        impl #name<'_> {
            /// The same value with strings and bytes of its own.
            #[must_use]
            #recursion
            pub fn to_owned(&self) -> #owned {
                let value = self;
                #to_owned
            }
        }

        impl<'a> ::core::convert::From<&'a #owned> for #name<'a> {
            #recursion
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
        let owns = owns.map(|((_, ty), place)| self.value(Form::Owned, ty, &place));
        let lends = fields.iter().zip(places());
        let lends = lends.map(|((_, ty), place)| self.value(Form::Borrowed, ty, &place));
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
        let owns = variants().map(|it| self.value(Form::Owned, &it.ty, &value));
        let lends = variants().map(|it| self.value(Form::Borrowed, &it.ty, &value));
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
        let own = self.value(Form::Owned, ty, &place);
        let lend = self.value(Form::Borrowed, ty, &place);
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

    /// A value of one form as one of the other.
    fn value(&self, to: Form, ty: &Ty, place: &Place) -> TokenStream {
        let Place {
            reference,
            receiver,
            copied,
        } = place;
        let alloc = &self.context.alloc;
        match ty {
            Ty::Single(only) => self.value(to, only, place),
            _ if !self.context.twins.borrows(ty) => {
                quote!(::core::clone::Clone::clone(#reference))
            }
            Ty::Primitive(Primitive::String) => match to {
                Form::Owned => quote!(#alloc::string::String::from(#copied)),
                Form::Borrowed => quote!(#receiver.as_str()),
            },
            Ty::Primitive(_) | Ty::Logical(..) => match to {
                Form::Owned => quote!(#receiver.to_vec()),
                Form::Borrowed => quote!(#receiver.as_slice()),
            },
            Ty::Item(item) | Ty::Union(item) => {
                let function = self.function(to, *item);
                quote!(#function(#reference))
            }
            Ty::Array(of) => {
                let each = self.each(to, of);
                quote!(#receiver.iter().map(#each).collect())
            }
            Ty::Map(of) => {
                let key = match to {
                    Form::Owned => quote!(#alloc::string::String::from(*key)),
                    Form::Borrowed => quote!(key.as_str()),
                };
                let inner = self.value(to, of, &Place::of_reference(&quote!(item)));
                quote!(#receiver.iter().map(|(key, item)| (#key, #inner)).collect())
            }
            Ty::Option { inner: of, .. } => match **of {
                Ty::Primitive(_) if to == Form::Borrowed => quote!(#receiver.as_deref()),
                _ => {
                    let each = self.each(to, of);
                    quote!(#receiver.as_ref().map(#each))
                }
            },
            Ty::NullableUnion(of) => {
                let function = self.function(to, *of);
                quote!(#receiver.as_ref().map(#function))
            }
            Ty::Boxed(of) => {
                let inner = self.value(to, of, &place.unboxed());
                quote!(#alloc::boxed::Box::new(#inner))
            }
        }
    }

    /// What is called with the reference to an item.
    fn function(&self, to: Form, item: ItemId) -> TokenStream {
        match to {
            Form::Owned => {
                let twin = self.context.twin_path(self.module, item);
                quote!(#twin::to_owned)
            }
            Form::Borrowed => quote!(::core::convert::From::from),
        }
    }

    /// What is called with a reference to each value.
    fn each(&self, to: Form, ty: &Ty) -> TokenStream {
        match ty {
            Ty::Item(item) | Ty::Union(item) if self.context.twins.has(*item) => {
                self.function(to, *item)
            }
            _ => {
                let inner = self.value(to, ty, &Place::of_reference(&quote!(item)));
                quote!(|item| #inner)
            }
        }
    }
}
