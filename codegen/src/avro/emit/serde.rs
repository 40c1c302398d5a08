//! `serde` for generated types: derived where it can be, by codec where the Rust type does not say how it is written.

use dovetail_runtime::schema::{Field, Logical, Primitive};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Context;
use crate::{
    Time,
    avro::{
        items::Union,
        ty::{ItemId, Ty},
    },
    names::token,
};

impl Context<'_> {
    /// The derives and the attributes of a type that derives, with the name of its schema.
    pub(super) fn serde_derives(&self, name: Option<&str>) -> TokenStream {
        if !self.options.serde {
            return TokenStream::new();
        }
        let rt = &self.rt;
        let path = format!("{}::serde", self.options.runtime);
        let rename = name.map(|name| quote!(, rename = #name));
        quote! {
            #[derive(#rt::serde::Serialize, #rt::serde::Deserialize)]
            #[serde(crate = #path #rename)]
        }
    }

    /// The attribute of a field: its name and aliases where they differ, and its codec where that matters.
    pub(super) fn serde_field(
        &self,
        from: &[String],
        field: &Field,
        identifier: &str,
        ty: &Ty,
    ) -> TokenStream {
        if !self.options.serde {
            return TokenStream::new();
        }
        let name = &field.name;
        let rename = (name != identifier).then(|| quote!(rename = #name,));
        let aliases = &field.aliases;
        let with = self.serde_with(from, ty);
        if rename.is_none() && aliases.is_empty() && with.is_empty() {
            return TokenStream::new();
        }
        quote!(#[serde(#rename #(alias = #aliases,)* #with)])
    }

    /// The attribute of a variant of an enum.
    pub(super) fn serde_symbol(&self, symbol: &str, identifier: &str) -> TokenStream {
        if !self.options.serde || symbol == identifier {
            return TokenStream::new();
        }
        quote!(#[serde(rename = #symbol)])
    }

    /// How a type goes through serde, unless it does so by itself.
    pub(super) fn serde_with(&self, from: &[String], ty: &Ty) -> TokenStream {
        if !self.options.serde || !self.needs_codec(ty) {
            return TokenStream::new();
        }
        let codec: String = self.codec(from, ty).to_string();
        let path = format!("{}::serde_as::As::<{codec}>", self.options.runtime);
        let path: String = path.split(' ').collect();
        quote!(with = #path)
    }

    fn needs_codec(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Primitive(primitive) => *primitive == Primitive::Bytes,
            Ty::Logical(Logical::Decimal { .. } | Logical::Uuid, _) | Ty::NullableUnion(_) => true,
            Ty::Logical(Logical::Duration, _) | Ty::Item(_) | Ty::Union(_) => false,
            Ty::Logical(..) => self.options.time != Time::Runtime,
            Ty::Option { inner, .. }
            | Ty::Single(inner)
            | Ty::Array(inner)
            | Ty::Map(inner)
            | Ty::Boxed(inner) => self.needs_codec(inner),
        }
    }

    /// What serializes a fixed type as bytes.
    pub(super) fn serde_fixed(&self, id: ItemId) -> TokenStream {
        let rt = &self.rt;
        self.serde_impls(
            id,
            &quote!(#rt::serde_as::serialize_bytes(&self.0, serializer)),
            &quote!(#rt::serde_as::deserialize_array(deserializer).map(Self)),
        )
    }

    /// What serializes a union as a variant of the name and the index of its branch.
    pub(super) fn serde_union(&self, id: ItemId, union: &Union) -> TokenStream {
        if !self.options.serde {
            return TokenStream::new();
        }
        let rt = &self.rt;
        let (item, text) = self.named_item(id);
        let identifier = token(&item.identifier);
        let name = &item.identifier;
        let branches = text.schema.kind(item.node).parts();
        let branches = branches
            .iter()
            .map(|&branch| text.schema.kind(branch).full_name());
        let branches: Vec<_> = branches.collect();
        let (mut serialize, mut deserialize) = (TokenStream::new(), TokenStream::new());
        for variant in &union.variants {
            let name = token(&variant.identifier);
            let index = Literal::u32_unsuffixed(variant.index);
            let branch = text.schema.kind(variant.node).full_name();
            let codec = self.codec(&item.module, &variant.ty);
            serialize.extend(quote! {
                Self::#name(value) => serializer.serialize_newtype_variant(
                    <Self as #rt::serde_as::SerdeUnion>::NAME,
                    #index,
                    #branch,
                    &#rt::serde_as::Ser::<#codec>(value),
                ),
            });
            deserialize.extend(quote! {
                #index => access
                    .newtype_variant_seed(#rt::serde_as::De::<#codec>::new())
                    .map(Self::#name),
            });
        }
        let impls = self.serde_impls(
            id,
            &quote!(#rt::serde_as::serialize_union(self, serializer)),
            &quote!(#rt::serde_as::deserialize_union(deserializer)),
        );
        quote! {
            impl #rt::serde_as::SerdeUnion for #identifier {
                const NAME: &'static str = #name;
                const BRANCHES: &'static [&'static str] = &[#(#branches),*];

                fn serialize_branch<__S: #rt::serde::Serializer>(
                    &self,
                    serializer: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    match self { #serialize }
                }

                fn deserialize_branch<'de, __A: #rt::serde::de::VariantAccess<'de>>(
                    index: u32,
                    access: __A,
                ) -> ::core::result::Result<Self, __A::Error> {
                    match index {
                        #deserialize
                        _ => ::core::result::Result::Err(#rt::serde_as::no_branch()),
                    }
                }
            }

            #impls
        }
    }

    fn serde_impls(
        &self,
        id: ItemId,
        serialize: &TokenStream,
        deserialize: &TokenStream,
    ) -> TokenStream {
        if !self.options.serde {
            return TokenStream::new();
        }
        let rt = &self.rt;
        let identifier = token(&self.items.all[id].identifier);
        quote! {
            impl #rt::serde::Serialize for #identifier {
                fn serialize<__S: #rt::serde::Serializer>(
                    &self,
                    serializer: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    #serialize
                }
            }

            impl<'de> #rt::serde::Deserialize<'de> for #identifier {
                fn deserialize<__D: #rt::serde::Deserializer<'de>>(
                    deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #deserialize
                }
            }
        }
    }
}
