//! A tree of packages as Rust modules: prost's items in their places, each message with what it is registered as.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Ident, Item};

use super::{
    compile::{MARK, root_items},
    units::Tree,
};
use crate::{docs, emit, known::Known, modules::ident};

/// A message or an enum.
pub(super) struct Type {
    /// Its full name with a leading dot.
    pub(super) path: String,
    pub(super) file: String,
    /// Whether it stands at the top of its file.
    pub(super) is_top: bool,
    pub(super) is_enum: bool,
    /// What a message of a known text has beside its fields.
    pub(super) message: Option<Message>,
}

/// A message with its place in its file.
pub(super) struct Message {
    pub(super) indexes: Vec<usize>,
}

/// A tree with its types.
pub(super) struct Compiled {
    /// The items at the root of the tree, packages as modules inside.
    pub(super) items: TokenStream,
    /// What each file declares at its top, as paths from the root.
    exports: BTreeMap<String, Vec<TokenStream>>,
    /// The number of each file, which its constants carry.
    numbers: BTreeMap<String, usize>,
    /// What options can be about.
    pub(super) known: Known,
}

impl Compiled {
    /// Puts the items of all packages into one tree.
    pub(super) fn assemble(
        tree: &Tree,
        sources: BTreeMap<Vec<String>, String>,
        types: &[Type],
        descriptors: &[u8],
        known: Known,
    ) -> Result<Self, String> {
        let numbers: BTreeMap<&str, usize> = tree
            .sources
            .texts
            .keys()
            .map(String::as_str)
            .zip(0..)
            .collect();
        let texts: Vec<(usize, &str)> = tree
            .sources
            .texts
            .values()
            .map(|text| &**text)
            .enumerate()
            .collect();
        let mut root = Package::default();
        root.items.extend(root_items(descriptors, &texts));
        let mut exports: BTreeMap<String, Vec<TokenStream>> = BTreeMap::new();
        let packages: BTreeSet<Vec<String>> = sources
            .keys()
            .flat_map(|path| (1..=path.len()).map(|length| path[..length].to_vec()))
            .collect();
        for (path, source) in sources {
            let file = syn::parse_file(&source).map_err(|error| error.to_string())?;
            let mut walk = Walk {
                tree,
                types,
                numbers: &numbers,
                exports: &mut exports,
                packages: &packages,
                nested: Vec::new(),
                path: path.iter().map(|part| ident(part)).collect(),
            };
            let items = walk.items(file.items, true);
            let nested = std::mem::take(&mut walk.nested);
            root.at(&path).items.extend(items);
            for (path, items) in nested {
                root.at(&path).items.extend(items);
            }
        }
        Ok(Self {
            items: root.tokens(),
            exports,
            known,
            numbers: numbers
                .into_iter()
                .map(|(file, number)| (file.to_owned(), number))
                .collect(),
        })
    }

    /// The constants at the root that hold a file's text and its hash.
    pub(super) fn constants(&self, file: &str) -> (Ident, Ident) {
        constant_names(self.numbers.get(file).copied().unwrap_or_default())
    }

    /// The types that a file declares at its top, as paths from the root of the tree.
    pub(super) fn exports(&self, file: &str) -> &[TokenStream] {
        self.exports.get(file).map_or(&[], Vec::as_slice)
    }
}

/// The names of the constants of the file with this number.
pub(super) fn constant_names(number: usize) -> (Ident, Ident) {
    let name = |stem: &str| Ident::new(&format!("{stem}_{number}"), Span::call_site());
    (name("SCHEMA"), name("SHA256"))
}

#[derive(Default)]
struct Package {
    items: TokenStream,
    inner: BTreeMap<String, Package>,
}

impl Package {
    fn at(&mut self, path: &[String]) -> &mut Self {
        path.iter().fold(self, |package, part| {
            package.inner.entry(part.clone()).or_default()
        })
    }

    fn tokens(&self) -> TokenStream {
        let items = &self.items;
        let inner = self.inner.iter().map(|(name, package)| {
            let (name, items) = (ident(name), package.tokens());
            quote!(pub mod #name { #items })
        });
        quote!(#items #(#inner)*)
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    types: &'a [Type],
    numbers: &'a BTreeMap<&'a str, usize>,
    exports: &'a mut BTreeMap<String, Vec<TokenStream>>,
    /// The paths of all packages.
    packages: &'a BTreeSet<Vec<String>>,
    /// What is nested in messages whose modules are those of packages too, by the path of the module.
    nested: Vec<(Vec<String>, TokenStream)>,
    /// The modules from the root to here.
    path: Vec<Ident>,
}

impl Walk<'_> {
    fn items(&mut self, items: Vec<Item>, is_package: bool) -> TokenStream {
        let mut output = TokenStream::new();
        // The module of what is nested in a message follows the message.
        let mut parent: Option<String> = None;
        for mut item in items {
            let mut implementation = None;
            match &mut item {
                Item::Struct(one) => {
                    parent = None;
                    if let Some(found) = self.take_mark(&mut one.attrs) {
                        implementation = self.implementation(found, &one.ident);
                        parent = self.export(found, &one.ident, is_package);
                    }
                    tidy(&mut one.attrs);
                    one.fields
                        .iter_mut()
                        .for_each(|field| tidy(&mut field.attrs));
                }
                Item::Enum(one) => {
                    parent = None;
                    if let Some(found) = self.take_mark(&mut one.attrs) {
                        self.export(found, &one.ident, is_package);
                    }
                    tidy(&mut one.attrs);
                    one.variants
                        .iter_mut()
                        .for_each(|variant| tidy(&mut variant.attrs));
                }
                Item::Mod(one) => {
                    if let Some(file) = parent.take() {
                        self.export_as(&file, &one.ident);
                    }
                    if let Some((_, inner)) = &mut one.content {
                        self.path.push(one.ident.clone());
                        let inner_items = self.items(std::mem::take(inner), false);
                        let path: Vec<String> = self.path.iter().map(bare).collect();
                        self.path.pop();
                        if self.packages.contains(&path) {
                            self.nested.push((path, inner_items));
                            continue;
                        }
                        let (attributes, name) = (&one.attrs, &one.ident);
                        output.extend(quote!(#(#attributes)* pub mod #name { #inner_items }));
                        continue;
                    }
                }
                _ => {}
            }
            output.extend(quote!(#item #implementation));
        }
        output
    }

    /// The type an item stands for. A nested type carries the marks of those around it, too.
    fn take_mark(&self, attributes: &mut Vec<Attribute>) -> Option<usize> {
        let number = |attribute: &Attribute| -> Option<usize> {
            docs::text(attribute)?
                .trim()
                .strip_prefix(MARK)?
                .parse()
                .ok()
        };
        let innermost = attributes
            .iter()
            .filter_map(number)
            .max_by_key(|number| self.types.get(*number).map_or(0, |found| found.path.len()));
        attributes.retain(|attribute| number(attribute).is_none());
        innermost
    }

    fn export(&mut self, number: usize, name: &Ident, is_package: bool) -> Option<String> {
        let found = &self.types[number];
        if !is_package || !found.is_top {
            return None;
        }
        let file = found.file.clone();
        self.export_as(&file, name);
        Some(file)
    }

    fn export_as(&mut self, file: &str, name: &Ident) {
        let path = &self.path;
        let exports = self.exports.entry(file.to_owned()).or_default();
        exports.push(quote!(#(#path::)*#name));
    }

    fn implementation(&self, number: usize, name: &Ident) -> Option<TokenStream> {
        let found = &self.types[number];
        let message = found.message.as_ref()?;
        let full_name = &found.path[1..];
        let indexes = message
            .indexes
            .iter()
            .map(|index| i32::try_from(*index).unwrap_or(i32::MAX));
        let (schema, hash) = constant_names(*self.numbers.get(found.file.as_str())?);
        let up = self.path.iter().map(|_| quote!(super::));
        let root = quote!(self::#(#up)*);
        let registered = self.tree.registered.get(&found.file);
        let registered = registered.map(|registered| emit::registered(name, registered));
        Some(quote! {
            impl ::dovetail_runtime::ProtobufType for #name {
                const FULL_NAME: &'static str = #full_name;
                const MESSAGE_INDEXES: &'static [i32] = &[#(#indexes),*];
                const SCHEMA: &'static str = #root #schema;
                const SHA256: [u8; 32] = #root #hash;
                const FILE_DESCRIPTOR_SET: &'static [u8] = #root FILE_DESCRIPTOR_SET;
            }
            #registered
        })
    }
}

/// An identifier as packages spell it.
fn bare(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

fn tidy(attributes: &mut Vec<Attribute>) {
    docs::neutralise(attributes);
}
