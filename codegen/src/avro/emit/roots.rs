//! Roots: what makes the type of a text the type of a schema.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, convert};
use crate::{
    avro::{
        items::Body,
        texts::Text,
        ty::{ItemId, Ty},
    },
    names::token,
};

/// A type around a root that has no name of its own.
pub(super) fn wrapper(context: &Context<'_>, id: ItemId, ty: &Ty) -> TokenStream {
    let item = &context.items.all[id];
    let rt = &context.rt;
    let identifier = token(&item.identifier);
    let attributes = context.attributes(&item.identifier, &context.traits.derives(id));
    let serde = context.serde_derives(None);
    let with = context.serde_with(&item.module, ty);
    let with = (!with.is_empty()).then(|| quote!(#[serde(#with)]));
    let transparent = context.options.serde.then(|| quote!(#[serde(transparent)]));
    let codec = context.codec(&item.module, ty);
    let ty = context.ty(&item.module, ty);
    quote! {
        #attributes
        #serde
        #transparent
        pub struct #identifier(#with pub #ty);

        impl ::core::convert::From<#ty> for #identifier {
            fn from(value: #ty) -> Self {
                Self(value)
            }
        }

        #rt::transparent! { #identifier, #codec }
    }
}

/// What ties the type of a text to its schema. Only the first text of a type says so.
pub(in crate::avro) fn root(context: &Context<'_>, index: usize) -> TokenStream {
    let text = &context.texts[index];
    let rt = &context.rt;
    let registration = text.source.registered.as_ref().map(|registered| {
        let subject = &registered.subject;
        let (version, id) = (registered.version, registered.id);
        let guid = option(registered.guid.as_deref());
        quote! {
            /// Where the registry keeps the schema.
            pub const REGISTRATION: #rt::Registration = #rt::Registration {
                subject: #subject,
                version: #version,
                id: #id,
                guid: #guid,
            };
        }
    });
    let root = context.items.roots[index];
    if context.items.roots[..index].contains(&root) {
        return quote!(#registration);
    }
    let path = context.path(&text.module, root);
    let schema = literal(&text.source.text);
    let references = text.source.references.iter();
    let references: Vec<_> = references.map(|it| literal(&it.text)).collect();
    let references = (!references.is_empty())
        .then(|| quote!(const REFERENCES: &'static [&'static str] = &[#(#references),*];));
    let full = text.schema.kind(text.schema.root()).full_name();
    let rabin = text.schema.rabin();
    let rabin: TokenStream = format!("{rabin:#018x}").parse().unwrap_or_default();
    let sha256 = text.schema.sha256().map(|byte| {
        let byte: TokenStream = format!("{byte:#04x}").parse().unwrap_or_default();
        byte
    });
    let registered = registered(context, text, &path);
    let twin = twin(context, index);
    let union = is_bare_union(context, root).then(|| quote!(#rt::transparent! { #path }));
    quote! {
        #registration
        #union
        impl #rt::AvroType for #path {
            const FULL_NAME: &'static str = #full;
            const SCHEMA: &'static str = #schema;
            #references
            const RABIN: u64 = #rabin;
            const SHA256: [u8; 32] = [#(#sha256),*];
        }
        #registered
        #twin
    }
}

/// Where the registry keeps the schema of a type.
fn registered(context: &Context<'_>, text: &Text<'_>, ty: &TokenStream) -> Option<TokenStream> {
    let rt = &context.rt;
    let registered = text.source.registered.as_ref()?;
    let subject = &registered.subject;
    let version = Literal::u32_unsuffixed(registered.version);
    let id = Literal::u32_unsuffixed(registered.id);
    let guid = registered.guid.as_deref().map(|guid| {
        let guid = option(Some(guid));
        quote!(const GUID: ::core::option::Option<&'static str> = #guid;)
    });
    Some(quote! {
        impl #rt::Registered for #ty {
            const SUBJECT: &'static str = #subject;
            const VERSION: u32 = #version;
            const ID: u32 = #id;
            #guid
        }
    })
}

/// What ties the twin of a root to its schema.
fn twin(context: &Context<'_>, index: usize) -> Option<TokenStream> {
    let (text, root) = (&context.texts[index], context.items.roots[index]);
    if !context.twins.has(root) {
        return None;
    }
    let rt = &context.rt;
    let path = context.path(&text.module, root);
    let twin = context.twin_path(&text.module, root);
    let union = is_bare_union(context, root).then(|| quote!(#rt::transparent! { <'a> #twin<'a> }));
    let registered = registered(context, text, &quote!(#twin<'_>));
    Some(quote! {
        #union
        impl<'a> #rt::AvroRef<'a> for #twin<'a> {
            type Owned = #path;
        }
        #registered
    })
}

fn option(text: Option<&str>) -> TokenStream {
    text.map_or_else(
        || quote!(::core::option::Option::None),
        |text| quote!(::core::option::Option::Some(#text)),
    )
}

/// A text as a literal that can be read: raw where possible.
fn literal(text: &str) -> TokenStream {
    let has_return = text.contains('\r');
    let hashes = (0..=16)
        .map(|count| "#".repeat(count))
        .find(|hashes| !text.contains(&format!("\"{hashes}")));
    match hashes {
        Some(hashes) if !has_return => {
            let raw = format!("r{hashes}\"{text}\"{hashes}").parse::<Literal>();
            raw.map_or_else(|_| quote!(#text), |raw| quote!(#raw))
        }
        _ => quote!(#text),
    }
}

fn is_bare_union(context: &Context<'_>, root: ItemId) -> bool {
    matches!(context.items.all[root].body, Body::Union(_))
}

/// Conversions from the types of the other versions of a unit to that of its first: such that cannot fail where every value
/// has a counterpart.
pub(in crate::avro) fn versions(context: &Context<'_>, newest: usize) -> TokenStream {
    let rt = &context.rt;
    let text = &context.texts[newest];
    let root = context.items.roots[newest];
    let to = context.path(&text.module, root);
    let mut seen = vec![root];
    let mut conversions = TokenStream::new();
    for (index, other) in context.texts.iter().enumerate() {
        let old = context.items.roots[index];
        if other.unit != text.unit || seen.contains(&old) {
            continue;
        }
        seen.push(old);
        let from = context.path(&text.module, old);
        if let Some(value) = convert::expression(context, &text.module, old, root) {
            conversions.extend(quote! {
                /// Every value of that version is one of this.
                impl ::core::convert::From<&#from> for #to {
                    #[allow(unused_variables)]
                    fn from(value: &#from) -> Self {
                        #value
                    }
                }
            });
            continue;
        }
        conversions.extend(quote! {
            impl ::core::convert::TryFrom<&#from> for #to {
                type Error = #rt::ConvertError;

                fn try_from(value: &#from) -> ::core::result::Result<Self, #rt::ConvertError> {
                    static PLAN: #rt::PlanCell<#to> = #rt::PlanCell::new();
                    PLAN.convert(value)
                }
            }
        });
    }
    conversions
}
