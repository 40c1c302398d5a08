//! What typify made, without noise and with what the options ask for.

use quote::ToTokens;
use syn::{Attribute, Field, Item, Type, parse_quote};

use crate::{Options, docs};

/// Takes out what nobody needs, makes documentation neutral, and adds what the options ask for.
pub(super) fn tidy(items: Vec<Item>, options: &Options) -> Vec<Item> {
    let mut kept: Vec<Item> = items.into_iter().filter(|item| !is_noise(item)).collect();
    for item in &mut kept {
        match item {
            Item::Struct(one) => {
                attributes(&mut one.attrs);
                one.fields.iter_mut().for_each(field);
                let name = one.ident.to_string();
                one.attrs.extend(asked_for(&name, options));
            }
            Item::Enum(one) => {
                attributes(&mut one.attrs);
                for variant in &mut one.variants {
                    attributes(&mut variant.attrs);
                    variant.fields.iter_mut().for_each(field);
                }
                let name = one.ident.to_string();
                one.attrs.extend(asked_for(&name, options));
            }
            Item::Mod(one) => attributes(&mut one.attrs),
            _ => {}
        }
    }
    kept
}

fn field(field: &mut Field) {
    attributes(&mut field.attrs);
}

fn attributes(attributes: &mut Vec<Attribute>) {
    // typify shows every schema in full; the module has the text already.
    attributes.retain(|attribute| {
        docs::text(attribute).is_none_or(|text| !text.contains("<summary>JSON schema</summary>"))
    });
    docs::neutralise(attributes);
}

fn asked_for(name: &str, options: &Options) -> Vec<Attribute> {
    let of = |key: &str| (key == "*" || key == name).then_some(());
    let mut found = Vec::new();
    for (key, derives) in &options.derives {
        if of(key).is_some() {
            for derive in derives {
                if let Ok(path) = syn::parse_str::<syn::Path>(derive) {
                    found.push(parse_quote!(#[derive(#path)]));
                }
            }
        }
    }
    for (key, attributes) in &options.attributes {
        if of(key).is_some() {
            for attribute in attributes {
                let parsed = syn::parse_str::<syn::ItemStruct>(&format!("{attribute} struct S;"));
                found.extend(parsed.map(|item| item.attrs).unwrap_or_default());
            }
        }
    }
    found
}

/// `impl From<&T> for T` clones, which `clone` does, too.
fn is_noise(item: &Item) -> bool {
    let Item::Impl(one) = item else { return false };
    let Some((path, _)) = &one.trait_ else {
        return false;
    };
    let Some(last) = path.segments.last() else {
        return false;
    };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return false;
    };
    let own = one.self_ty.to_token_stream().to_string();
    let from = arguments.args.iter().any(|argument| match argument {
        syn::GenericArgument::Type(Type::Reference(from)) => {
            from.elem.to_token_stream().to_string() == own
        }
        _ => false,
    });
    last.ident == "From" && from
}
