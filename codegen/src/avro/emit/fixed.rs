//! Fixed types: a type of its own for each, so that two of one size are not mixed up.

use dovetail_runtime::schema::Kind;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, docs};
use crate::{avro::ty::ItemId, names::token};

/// The size up to which values are copied without being asked.
const COPIED: usize = 64;

pub(super) fn fixed(context: &Context<'_>, id: ItemId, size: usize) -> TokenStream {
    let (item, text) = context.named_item(id);
    let Kind::Fixed(fixed) = text.schema.kind(item.node) else {
        return TokenStream::new();
    };
    let rt = &context.rt;
    let mut derives = vec!["Clone", "PartialEq", "Eq", "Hash", "PartialOrd", "Ord"];
    if size <= COPIED {
        derives.push("Copy");
    }
    let attributes = context.attributes(fixed.named.name.full(), &derives);
    let doc = docs(fixed.named.doc.as_deref());
    let identifier = token(&item.identifier);
    let size = Literal::usize_unsuffixed(size);
    let serde = context.serde_fixed(id);
    quote! {
        #doc
        #attributes
        pub struct #identifier(pub [u8; #size]);

        #rt::fixed! { #identifier[#size] }

        #serde
    }
}
