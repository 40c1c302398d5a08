//! What generated modules have in common, whatever the format.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use sha2::{Digest, Sha256};
use syn::Ident;

use crate::{Module, Registration, SchemaText, clash::clash};

/// What a module says about where its text is registered, if it is.
pub(crate) fn registration(text: &SchemaText) -> Option<TokenStream> {
    let Registration {
        subject,
        version,
        id,
        guid,
    } = text.registered.as_ref()?;
    let guid = guid.as_ref().map(|guid| {
        quote! {
            /// The GUID of the schema, the same in every registry.
            pub const GUID: &str = #guid;
        }
    });
    Some(quote! {
        /// The subject the schema is registered under.
        pub const SUBJECT: &str = #subject;
        /// Its version there.
        pub const VERSION: u32 = #version;
        /// Its id, which payloads carry.
        pub const ID: u32 = #id;
        #guid
    })
}

/// The implementation that tells where a type's schema is registered.
pub(crate) fn registered(name: &Ident, registered: &Registration) -> TokenStream {
    let Registration {
        subject,
        version,
        id,
        guid,
    } = registered;
    let guid = guid.as_ref().map(|guid| {
        quote!(const GUID: ::core::option::Option<&'static str> = ::core::option::Option::Some(#guid);)
    });
    quote! {
        impl ::dovetail_runtime::Registered for #name {
            const SUBJECT: &'static str = #subject;
            const VERSION: u32 = #version;
            const ID: u32 = #id;
            #guid
        }
    }
}

/// The SHA-256 of a text, as an array of bytes.
pub(crate) fn hash(text: &str) -> TokenStream {
    let bytes: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let bytes = bytes.map(Literal::u8_unsuffixed);
    quote!([#(#bytes),*])
}

/// Formats a module. The error is an error of ours: it says what the formatter could not read.
pub(crate) fn module(name: &str, items: &TokenStream) -> Result<Module, String> {
    let file: syn::File = syn::parse2(items.clone()).map_err(|error| {
        format!("the generated code is no Rust, which is a defect of Dovetail: {error}")
    })?;
    clash(&file.items).map_err(|message| {
        format!("the generated code would not compile, since its schemas have names that Rust does not tell apart: {message}")
    })?;
    Ok(Module {
        name: name.to_owned(),
        root: None,
        source: prettyplease::unparse(&file),
    })
}
