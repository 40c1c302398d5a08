//! Records: a struct, its defaults, and its codec.

use dovetail_runtime::{
    default_value,
    schema::{Kind, Record},
};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Context, defaults, docs};
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
        let name = token(name);
        let ty = context.ty(&item.module, ty);
        quote!(#doc pub #name: #ty)
    });
    let structure = quote! {
        #doc
        #attributes
        pub struct #identifier { #(#members),* }
    };
    let defaults = constructors(context, id, record, fields, notes);
    let codec = codec(context, id, fields);
    quote!(#structure #defaults #codec)
}

/// `Default` where every field has a default, and `new` with the others where only some have.
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
    for (index, (field, (name, ty))) in record.fields.iter().zip(fields).enumerate() {
        let name = token(name);
        let value = match default_value(&text.schema, field) {
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
        if let Some(value) = value {
            values.push(quote!(#name: #value));
        } else {
            let ty = context.ty(&item.module, ty);
            arguments.push(quote!(#name: #ty));
            values.push(quote!(#name));
        }
    }
    let identifier = token(&item.identifier);
    if arguments.is_empty() {
        return quote! {
            impl ::core::default::Default for #identifier {
                fn default() -> Self {
                    Self { #(#values),* }
                }
            }
        };
    }
    if arguments.len() == values.len() || arguments.len() > ARGUMENTS {
        return TokenStream::new();
    }
    quote! {
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
    let names: Vec<_> = fields.iter().map(|(name, _)| token(name)).collect();
    let codecs = fields.iter().map(|(_, ty)| context.codec(&item.module, ty));
    let codecs: Vec<_> = codecs.collect();
    let locals: Vec<_> = (0..fields.len())
        .map(|index| format_ident!("f{index}"))
        .collect();
    let indexes = (0..fields.len()).map(Literal::usize_unsuffixed);
    let (enter, leave) = if item.is_recursive {
        (
            quote!(let level = input.descend(::core::mem::size_of::<Self>())?;),
            quote!(input.ascend(level);),
        )
    } else {
        (TokenStream::new(), TokenStream::new())
    };
    let (value, out, input) = if fields.is_empty() {
        (quote!(_), quote!(_), quote!(_))
    } else {
        (quote!(value), quote!(out), quote!(input))
    };
    let read = if item.is_recursive {
        quote! {
            #enter
            let value = Self { #(#names: <#codecs as #rt::Codec>::read(input)?),* };
            #leave
            ::core::result::Result::Ok(value)
        }
    } else {
        quote! {
            ::core::result::Result::Ok(Self { #(#names: <#codecs as #rt::Codec>::read(input)?),* })
        }
    };
    let arms = quote! {
        #(#indexes => #locals = ::core::option::Option::Some(step.read::<#codecs>(input)?),)*
        _ => step.skip(input)?,
    };
    let walk = if fields.is_empty() {
        quote!(step.skip(input)?;)
    } else {
        quote!(match step.target() { #arms })
    };
    quote! {
        impl #rt::Codec for #identifier {
            type Value = Self;

            fn write(
                #value: &Self,
                #out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), #rt::Error> {
                #(<#codecs as #rt::Codec>::write(&value.#names, out)?;)*
                ::core::result::Result::Ok(())
            }

            fn read(#input: &mut #rt::Reader<'_>) -> ::core::result::Result<Self, #rt::Error> {
                #read
            }

            fn resolve(
                at: #rt::At<'_>,
                input: &mut #rt::Reader<'_>,
            ) -> ::core::result::Result<Self, #rt::Error> {
                let #rt::Shape::Steps(mut steps) = at.record(input)? else {
                    return <Self as #rt::Codec>::read(input);
                };
                #enter
                #(let mut #locals = ::core::option::Option::None;)*
                while let ::core::option::Option::Some(step) = steps.next(input)? {
                    #walk
                }
                #leave
                ::core::result::Result::Ok(Self { #(#names: #locals.ok_or_else(#rt::unfilled)?),* })
            }
        }
    }
}
