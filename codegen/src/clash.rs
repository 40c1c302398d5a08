//! Names that generated code has twice, found before anybody compiles it.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Fields, Item, ItemImpl};

/// Why items cannot be compiled, if that can be told without compiling them.
pub(crate) fn clash(items: &[Item]) -> Result<(), String> {
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
                    clash(inner)
                        .map_err(|message| format!("in the module {}, {message}", one.ident))?;
                }
                format!("mod {}", one.ident)
            }
            Item::Fn(one) => format!("fn {}", one.sig.ident),
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
