//! From the files of a tree to its types: protox makes descriptors, prost's generator makes items, and each item that
//! stands for a message is told apart by a mark that never reaches the output.

use std::collections::BTreeMap;

use dovetail_protobuf::sorted_set;
use proc_macro2::TokenStream;
use prost_build::{Config, Module};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet, MessageOptions,
};
use protox::Compiler;

use super::{
    problem,
    tree::{Compiled, Message, Type},
    units::Tree,
};
use crate::{Map, Options, Problem, contained::contained, known::Known};

/// What comes before the number of a type in its mark.
pub(super) const MARK: &str = "dovetail-type-";

/// Makes the types of a tree.
pub(super) fn compile(tree: &Tree, options: &Options) -> Result<Compiled, Problem> {
    let made = contained(|| run(tree, options)).unwrap_or_else(|panic| {
        let message = format!("prost's generator gave up: {panic}");
        Err(problem(&all_units(tree), "", message))
    });
    let (sources, types, descriptors, known) = made?;
    Compiled::assemble(tree, sources, &types, &descriptors, known).map_err(|message| {
        let message = format!("the generated code cannot be used: {message}");
        problem(&all_units(tree), "", message)
    })
}

fn all_units(tree: &Tree) -> String {
    let mut units: Vec<&str> = tree.origins.values().map(String::as_str).collect();
    units.sort_unstable();
    units.dedup();
    units.join(", ")
}

type Made = (BTreeMap<Vec<String>, String>, Vec<Type>, Vec<u8>, Known);

fn run(tree: &Tree, options: &Options) -> Result<Made, Problem> {
    let set = descriptors(tree, true)?.file_descriptor_set();
    let bare = descriptors(tree, false)?;
    let encoded = sorted_set(bare.encode_file_descriptor_set(), &bare.descriptor_pool());
    let types = types(&set, tree);
    let known = known(&set, &types);
    for (name, path) in &options.replacements {
        if known.types.contains(name)
            && let Err(error) = syn::parse_str::<syn::Path>(path)
        {
            let message = format!("{path:?}, which is to replace {name}, is no path: {error}");
            return Err(problem(&all_units(tree), "", message));
        }
    }
    let mut config = configured(&types, &known, options);
    let sources =
        generate(&mut config, set).map_err(|message| problem(&all_units(tree), "", message))?;
    Ok((sources, types, encoded, known))
}

fn descriptors(tree: &Tree, with_comments: bool) -> Result<Compiler, Problem> {
    let wrong = |name: &str, message: String| {
        let unit = tree.origins.get(name).map_or(name, String::as_str);
        problem(unit, "", message)
    };
    let files = tree.sources.files();
    let files = files.map_err(|(name, message)| wrong(name, message))?;
    let mut compiler = Compiler::with_file_resolver(files);
    compiler
        .include_imports(true)
        .include_source_info(with_comments);
    for name in tree.sources.texts.keys() {
        compiler
            .open_file(name)
            .map_err(|error| wrong(name, describe(&error)))?;
    }
    Ok(compiler)
}

/// An error of protox with its place, which its short form leaves out.
pub(super) fn describe(error: &protox::Error) -> String {
    let what = error.to_string();
    let full = format!("{error:?}");
    let place = full.strip_suffix(&what).unwrap_or_default();
    let fix = if what.starts_with("import ") && what.ends_with(" not found") {
        "; imports are found among the references of the schema"
    } else {
        ""
    };
    match place.trim_end_matches([' ', ':']) {
        "" => format!("{what}{fix}"),
        place => format!("{place}: {what}{fix}"),
    }
}

/// Every message and enum that gets a Rust type, in the order of the files.
fn types(set: &FileDescriptorSet, tree: &Tree) -> Vec<Type> {
    let mut found = Vec::new();
    for file in &set.file {
        // What neither a unit nor a reference brought has no text to show; its types are made all the same.
        let known = tree.sources.texts.contains_key(file.name());
        let package = match file.package() {
            "" => String::new(),
            package => format!(".{package}"),
        };
        let mut search = Search {
            file: file.name(),
            known,
            found: &mut found,
        };
        search.enums(&package, &file.enum_type, true);
        for (index, message) in file.message_type.iter().enumerate() {
            search.message(&package, message, &[index]);
        }
    }
    found
}

/// What options can be about: messages and enums, the packages they are in, and oneofs.
fn known(set: &FileDescriptorSet, types: &[Type]) -> Known {
    let mut known = Known::default();
    for one in types {
        let path = one.path.trim_start_matches('.');
        let ends = path.match_indices('.').map(|(at, _)| at);
        let parts = ends.chain([path.len()]).map(|end| path[..end].to_owned());
        known.types.extend(parts);
        known.kept.insert(path.to_owned());
    }
    for file in &set.file {
        for message in &file.message_type {
            add_oneofs(file.package(), message, &mut known);
        }
    }
    known
}

fn add_oneofs(parent: &str, message: &DescriptorProto, known: &mut Known) {
    let path = match parent {
        "" => message.name().to_owned(),
        parent => format!("{parent}.{}", message.name()),
    };
    for oneof in &message.oneof_decl {
        known.attributed.insert(format!("{path}.{}", oneof.name()));
    }
    for nested in &message.nested_type {
        add_oneofs(&path, nested, known);
    }
}

struct Search<'a> {
    file: &'a str,
    known: bool,
    found: &'a mut Vec<Type>,
}

impl Search<'_> {
    fn message(&mut self, parent: &str, message: &DescriptorProto, indexes: &[usize]) {
        let path = format!("{parent}.{}", message.name());
        self.found.push(Type {
            path: path.clone(),
            file: self.file.to_owned(),
            is_top: indexes.len() == 1,
            message: self.known.then(|| Message {
                indexes: indexes.to_vec(),
            }),
            is_enum: false,
        });
        self.enums(&path, &message.enum_type, false);
        // Confluent's reference implementation counts the messages that are written in the text, and not the entries
        // of maps, which descriptors hold as messages too.
        let written = message
            .nested_type
            .iter()
            .filter(|nested| !is_map_entry(nested));
        for (index, nested) in written.enumerate() {
            self.message(&path, nested, &[indexes, &[index]].concat());
        }
    }

    fn enums(&mut self, parent: &str, enums: &[EnumDescriptorProto], is_top: bool) {
        self.found.extend(enums.iter().map(|one| Type {
            path: format!("{parent}.{}", one.name()),
            file: self.file.to_owned(),
            is_top,
            message: None,
            is_enum: true,
        }));
    }
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    let options = message.options.as_ref();
    options.is_some_and(MessageOptions::map_entry)
}

fn configured(types: &[Type], known: &Known, options: &Options) -> Config {
    let mut config = Config::new();
    for (number, one) in types.iter().enumerate() {
        let mark = format!("#[doc = \"{MARK}{number}\"]");
        if one.is_enum {
            config.enum_attribute(&one.path, mark);
        } else {
            config.message_attribute(&one.path, mark);
        }
    }
    if options.map == Map::BTreeMap {
        config.btree_map(["."]);
    }
    for (name, path) in &options.replacements {
        if known.types.contains(name) {
            config.extern_path(format!(".{name}"), path);
        }
    }
    let path = |name: &str| match name {
        "*" => ".".to_owned(),
        name => format!(".{name}"),
    };
    for (name, derives) in &options.derives {
        config.type_attribute(path(name), format!("#[derive({})]", derives.join(", ")));
    }
    for (name, attributes) in &options.attributes {
        for attribute in attributes {
            config.type_attribute(path(name), attribute);
        }
    }
    config
}

/// The items of each package, by the path of its module.
fn generate(
    config: &mut Config,
    set: FileDescriptorSet,
) -> Result<BTreeMap<Vec<String>, String>, String> {
    let of_package =
        |file: FileDescriptorProto| (Module::from_protobuf_package_name(file.package()), file);
    let requests = set.file.into_iter().map(of_package).collect();
    let made = config
        .generate(requests)
        .map_err(|error| error.to_string())?;
    let by_path = made.into_iter().map(|(module, source)| {
        let bare = |part: &str| part.trim_start_matches("r#").to_owned();
        let path = module.parts().map(bare).collect();
        (path, source)
    });
    Ok(by_path.collect())
}

/// Everything that is put into a file for all to see, once.
pub(super) fn root_items(descriptors: &[u8], texts: &[(usize, &str)]) -> TokenStream {
    let bytes = syn::LitByteStr::new(descriptors, proc_macro2::Span::call_site());
    let constants = texts.iter().map(|(number, text)| {
        let (name, hash_name) = super::tree::constant_names(*number);
        let hash = crate::emit::hash(text);
        quote::quote! {
            #[doc(hidden)]
            pub const #name: &str = #text;
            #[doc(hidden)]
            pub const #hash_name: [u8; 32] = #hash;
        }
    });
    quote::quote! {
        /// The descriptors of all files: an encoded `FileDescriptorSet`.
        pub const FILE_DESCRIPTOR_SET: &[u8] = #bytes;
        #(#constants)*
    }
}
