//! What typify made, before anybody compiles it: names that clash are found here, and noise is taken out.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Attribute, Field, Fields, Item, ItemImpl, Type, parse_quote};

use crate::{Options, docs};

/// Why items cannot be compiled, if that can be told without compiling them.
pub(super) fn clash(items: &[Item]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for item in items {
        let key = match item {
            Item::Struct(one) => {
                fields(&one.ident.to_string(), &one.fields)?;
                one.ident.to_string()
            }
            Item::Enum(one) => {
                let mut variants = BTreeSet::new();
                for variant in &one.variants {
                    if !variants.insert(variant.ident.to_string()) {
                        return Err(format!(
                            "{} has the variant {} twice",
                            one.ident, variant.ident
                        ));
                    }
                    fields(
                        &format!("{}::{}", one.ident, variant.ident),
                        &variant.fields,
                    )?;
                }
                one.ident.to_string()
            }
            Item::Type(one) => one.ident.to_string(),
            Item::Mod(one) => {
                if let Some((_, inner)) = &one.content {
                    let names = inner.iter().filter_map(|item| match item {
                        Item::Fn(one) => Some(one.sig.ident.to_string()),
                        _ => None,
                    });
                    let mut functions = BTreeSet::new();
                    for name in names {
                        if !functions.insert(name.clone()) {
                            return Err(format!("the function {name} is there twice"));
                        }
                    }
                }
                format!("mod {}", one.ident)
            }
            Item::Impl(one) => implementation(one),
            _ => continue,
        };
        if !seen.insert(key.clone()) {
            return Err(format!("{key} is there twice"));
        }
    }
    Ok(())
}

fn fields(owner: &str, fields: &Fields) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let names = fields.iter().filter_map(|field| field.ident.as_ref());
    for name in names.map(ToString::to_string) {
        if !seen.insert(name.clone()) {
            return Err(format!("{owner} has the field {name} twice"));
        }
    }
    Ok(())
}

/// An implementation as its trait and its type, or its methods where it has no trait.
fn implementation(one: &ItemImpl) -> String {
    let own = one.self_ty.to_token_stream();
    if let Some((path, _)) = &one.trait_ {
        return format!("impl {} for {own}", path.to_token_stream());
    }
    let methods = one.items.iter().filter_map(|item| match item {
        syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
        _ => None,
    });
    format!("impl {own}: {}", methods.collect::<Vec<_>>().join(", "))
}

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
