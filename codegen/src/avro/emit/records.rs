//! Records: a struct, its defaults, and its codec.

use dovetail_runtime::{
    default_value,
    schema::{Kind, Record},
};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, builders, defaults, docs};
use crate::{
    avro::{
        Notes,
        ty::{ItemId, Ty},
    },
    names::token,
};

/// How many values `new` takes at most; more in a row are easily mixed up.
const ARGUMENTS: usize = 7;

pub(super) fn record(
    context: &Context<'_>,
    id: ItemId,
    fields: &[(String, Ty)],
    notes: &mut Notes,
) -> TokenStream {
    let (item, text) = context.named_item(id);
    let Kind::Record(record) = text.schema.kind(item.node) else {
        return TokenStream::new();
    };
    let full = record.named.name.full();
    let attributes = context.attributes(full, &context.traits.derives(id));
    let doc = docs(record.named.doc.as_deref());
    let identifier = token(&item.identifier);
    let members = record.fields.iter().zip(fields).map(|(field, (name, ty))| {
        let doc = docs(field.doc.as_deref());
        let serde = context.serde_field(&item.module, field, name, ty);
        let name = token(name);
        let ty = context.ty(&item.module, ty);
        quote!(#doc #serde pub #name: #ty)
    });
    let serde = context.serde_derives(Some(record.named.name.simple()));
    let structure = quote! {
        #doc
        #attributes
        #serde
        pub struct #identifier { #(#members),* }
    };
    let defaults = constructors(context, id, record, fields, notes);
    let codec = codec(context, id, fields);
    quote!(#structure #defaults #codec)
}

/// `Default` where every field has a default, `new` with the others where only some have, and a builder where it is asked for.
fn constructors(
    context: &Context<'_>,
    id: ItemId,
    record: &Record,
    fields: &[(String, Ty)],
    notes: &mut Notes,
) -> TokenStream {
    let (item, text) = context.named_item(id);
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    let mut known = Vec::new();
    for (index, (field, (name, ty))) in record.fields.iter().zip(fields).enumerate() {
        let name = token(name);
        let value = default_value(&text.schema, field).map(|value| {
            let value = value.map_err(std::string::ToString::to_string)?;
            match defaults::misfit(context, ty, &value) {
                Some(wrong) => Err(wrong.to_owned()),
                None => Ok(value),
            }
        });
        let value = match value {
            None => None,
            Some(Ok(value)) => Some(defaults::expression(context, &item.module, ty, &value)),
            Some(Err(wrong)) => {
                let place = format!("{}/fields/{index}/default", text.schema.pointer(item.node));
                let message = format!("the default of the field \"{}\" {wrong}", field.name);
                if context.options.ignore_invalid_defaults {
                    notes.warn(&text.label, place, format!("{message}; it is left out"));
                } else {
                    let fix = "correct it, or set `ignore_invalid_defaults` to leave it out";
                    notes.problem(&text.label, place, format!("{message}; {fix}"));
                }
                None
            }
        };
        known.push(value.clone());
        if let Some(value) = value {
            values.push(quote!(#name: #value));
        } else {
            let ty = context.ty(&item.module, ty);
            arguments.push(quote!(#name: #ty));
            values.push(quote!(#name));
        }
    }
    let identifier = token(&item.identifier);
    let builder = builders::builder(context, id, fields, &known);
    if arguments.is_empty() {
        return quote! {
            #builder

            impl ::core::default::Default for #identifier {
                fn default() -> Self {
                    Self { #(#values),* }
                }
            }
        };
    }
    if arguments.len() == values.len() || arguments.len() > ARGUMENTS {
        return builder;
    }
    quote! {
        #builder

        impl #identifier {
            /// A value with the given fields, and the defaults of the schema for all others.
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn codec(context: &Context<'_>, id: ItemId, fields: &[(String, Ty)]) -> TokenStream {
    let rt = &context.rt;
    let item = &context.items.all[id];
    let identifier = token(&item.identifier);
    let recursive = item.is_recursive.then(|| quote!(recursive));
    let fields = fields.iter().enumerate().map(|(index, (name, ty))| {
        let index = Literal::usize_unsuffixed(index);
        let name = token(name);
        let codec = context.codec(&item.module, ty);
        quote!(#index #name: #codec;)
    });
    quote!(#rt::record! { #recursive #identifier { #(#fields)* } })
}
