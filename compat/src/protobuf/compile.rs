//! Lets protox judge a text together with its imports, all of them in memory.
//!
//! The import graph is walked here first, without recursion: a missing file, a cycle and a chain too long are refused
//! with the path that leads there, and only files that are reachable are compiled.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dovetail_protobuf::{TooManyPassedOn, bundled, comes_compiled, sorted_file};
use prost::Message as _;
use prost_reflect::{DescriptorPool, prost_types::FileDescriptorProto};
use protox::{
    Compiler,
    file::{File, FileResolver, GoogleFileResolver},
};

use super::{
    lengths,
    limits::{MAX_IMPORT_DEPTH, MAX_PLACED_TOKENS, MAX_TOTAL_TOKENS},
    read, tokens,
    tree::{self, Import},
};
use crate::{NamedText, SchemaError};

/// What protox calls the text itself; Confluent's name for it too.
const ROOT: &str = "default";

/// A text and its imports that fit together.
pub(super) struct Compiled {
    pub(super) pool: DescriptorPool,
    /// The name of the text itself in the pool.
    pub(super) root: String,
    /// The `FileDescriptorProto` of the text, options of its own making included.
    pub(super) descriptor: Vec<u8>,
    /// The text as written.
    pub(super) tree: tree::File,
    /// The text and its imports by name, for telling equal files apart from changed ones.
    pub(super) texts: HashMap<String, Arc<str>>,
}

/// Compiles a text with the references it reaches.
pub(super) fn compile(text: &str, references: &[NamedText]) -> Result<Compiled, SchemaError> {
    let root = root_name(references);
    let mut sources = Sources::new(&root);
    let tree = sources.admit(&root, &Arc::from(without_mark(text)))?;
    sources.admit_imports(&tree.imports, references)?;
    let texts = sources.texts.clone();
    let (pool, descriptor) = run(sources, &root)?;
    Ok(Compiled {
        pool,
        root,
        descriptor,
        tree,
        texts,
    })
}

/// Compiles a descriptor, whose options only its imports can explain. Returns the pool and its name there.
pub(super) fn compile_descriptor(
    mut bytes: Vec<u8>,
    references: &[NamedText],
) -> Result<(DescriptorPool, String), SchemaError> {
    let root = root_name(references);
    // Whatever it calls itself, the last name given is the one that counts.
    let name = FileDescriptorProto {
        name: Some(root.clone()),
        ..FileDescriptorProto::default()
    };
    bytes.extend(name.encode_to_vec());
    let file = File::decode_file_descriptor_proto(bytes.as_slice())
        .map_err(|error| SchemaError(format!("the base64 text holds no descriptor: {error}")))?;
    let import = |path: &String| Import {
        kind: tree::ImportKind::Plain,
        path: path.clone(),
    };
    let imports: Vec<Import> = file
        .file_descriptor_proto()
        .dependency
        .iter()
        .map(import)
        .collect();
    let mut sources = Sources::new(&root);
    sources.files.get_mut().insert(root.clone(), file);
    sources.admit_imports(&imports, references)?;
    let (pool, _) = run(sources, &root)?;
    Ok((pool, root))
}

/// A name that no reference has.
fn root_name(references: &[NamedText]) -> String {
    let mut root = ROOT.to_owned();
    while references.iter().any(|reference| reference.name == root) {
        root += ".proto";
    }
    root
}

fn run(sources: Sources, root: &str) -> Result<(DescriptorPool, Vec<u8>), SchemaError> {
    let placed = sources.tokens <= MAX_PLACED_TOKENS;
    let texts = sources.texts.clone();
    let mut compiler = Compiler::with_file_resolver(sources);
    if let Err(error) = compiler.open_file(root) {
        let error = placed
            .then(|| with_place(&texts, root))
            .flatten()
            .unwrap_or(error);
        return Err(SchemaError(describe(&error, root)));
    }
    let pool = compiler.descriptor_pool();
    let file = pool.get_file_by_name(root);
    // The encoded form keeps options of the text's own making, which the decoded types drop.
    let descriptor = file.map(|file| file.encode_to_vec()).unwrap_or_default();
    let descriptor = sorted_file(descriptor, &pool);
    Ok((pool, descriptor))
}

/// The error again, with its place. protox looks up the place of every error there is from the start of the text, and
/// moves every place for every option, so what is large goes without.
fn with_place(texts: &HashMap<String, Arc<str>>, root: &str) -> Option<protox::Error> {
    let mut sources = Sources::new(root);
    for (name, text) in texts {
        let file = File::from_source(name, text).ok()?;
        sources.files.get_mut().insert(name.clone(), file);
    }
    Compiler::with_file_resolver(sources).open_file(root).err()
}

/// A byte-order mark says nothing in UTF-8.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Everything protox may open.
struct Sources {
    root: String,
    files: RefCell<HashMap<String, File>>,
    texts: HashMap<String, Arc<str>>,
    tokens: usize,
}

impl FileResolver for Sources {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        // Each file is opened once.
        match self.files.borrow_mut().remove(name) {
            Some(file) => Ok(file),
            None => GoogleFileResolver::new().open_file(name),
        }
    }
}

impl Sources {
    fn new(root: &str) -> Self {
        Self {
            root: root.to_owned(),
            files: RefCell::default(),
            texts: HashMap::new(),
            tokens: 0,
        }
    }

    /// Bounds a text, has protox's parser judge it, and reads it.
    fn admit(&mut self, name: &str, text: &Arc<str>) -> Result<tree::File, SchemaError> {
        let is_root = name == self.root;
        let inside = |error: SchemaError| {
            if is_root {
                return error;
            }
            SchemaError(format!("in \"{name}\": {error}"))
        };
        let tokens = tokens::tokens(text).map_err(inside)?;
        self.tokens += tokens.len();
        if self.tokens > MAX_TOTAL_TOKENS {
            return Err(SchemaError(format!(
                "the text and its imports have more than {MAX_TOTAL_TOKENS} tokens together"
            )));
        }
        refuse_editions(&tokens).map_err(inside)?;
        refuse_paths(&tokens).map_err(inside)?;
        let file = File::from_source(name, text)
            .map_err(|error| SchemaError(describe(&error, &self.root)))?;
        let tree = read::read(text).map_err(inside)?;
        lengths::bounded(&tree).map_err(inside)?;
        let file = FileDescriptorProto {
            source_code_info: None,
            ..file.file_descriptor_proto().clone()
        };
        let file = File::from_file_descriptor_proto(file);
        self.files.get_mut().insert(name.to_owned(), file);
        self.texts.insert(name.to_owned(), text.clone());
        Ok(tree)
    }

    /// Walks the import graph in depth, each file once.
    fn admit_imports(
        &mut self,
        imports: &[Import],
        references: &[NamedText],
    ) -> Result<(), SchemaError> {
        let by_name: HashMap<&str, &Arc<str>> = references
            .iter()
            .map(|reference| (reference.name.as_str(), &reference.text))
            .collect();
        let root = self.root.clone();
        let mut done: HashSet<String> = HashSet::new();
        let mut path = vec![Visit::new(&root, imports)?];
        while let Some(visit) = path.last_mut() {
            let Some(import) = visit.left.pop() else {
                done.insert(std::mem::take(&mut visit.name));
                path.pop();
                continue;
            };
            if done.contains(&import) || comes_compiled(&import) {
                continue;
            }
            // Nothing can import the text itself, which has no name outside.
            if import == root {
                return Err(missing(&path, &import, &root));
            }
            if path.iter().any(|visit| visit.name == import) {
                return Err(cycle(&path, &import));
            }
            if path.len() >= MAX_IMPORT_DEPTH {
                return Err(SchemaError(format!(
                    "imports are nested more than {MAX_IMPORT_DEPTH} deep, at \"{import}\""
                )));
            }
            let text = bundled(&import)
                .map(Arc::from)
                .or_else(|| {
                    by_name
                        .get(import.as_str())
                        .map(|text| Arc::from(without_mark(text)))
                })
                .ok_or_else(|| missing(&path, &import, &root))?;
            let tree = self.admit(&import, &text)?;
            path.push(Visit::new(&import, &tree.imports)?);
        }
        self.pass_on()
    }

    /// Has the imports show what they pass on. The text itself, which nothing imports, stays as it is.
    fn pass_on(&mut self) -> Result<(), SchemaError> {
        let files = self.files.get_mut();
        let root = files.remove_entry(&self.root);
        let done = dovetail_protobuf::pass_on(files);
        files.extend(root);
        done.map_err(|TooManyPassedOn { file }| {
            SchemaError(format!(
                "public imports pass on too many files; at \"{file}\" the limit is passed; import what is used directly"
            ))
        })
    }
}

/// A file whose imports are being looked at.
struct Visit {
    name: String,
    left: Vec<String>,
}

impl Visit {
    fn new(name: &str, imports: &[Import]) -> Result<Self, SchemaError> {
        let mut left = Vec::with_capacity(imports.len());
        for import in imports.iter().rev() {
            refuse_path(&import.path)?;
            left.push(import.path.clone());
        }
        Ok(Self {
            name: name.to_owned(),
            left,
        })
    }
}

fn cycle(path: &[Visit], import: &str) -> SchemaError {
    let from = path.iter().position(|visit| visit.name == import);
    let names: Vec<&str> = path[from.unwrap_or(0)..]
        .iter()
        .map(|visit| visit.name.as_str())
        .chain([import])
        .collect();
    SchemaError(format!("imports form a cycle: {}", names.join(" -> ")))
}

fn missing(path: &[Visit], import: &str, root: &str) -> SchemaError {
    let importer = path.last().map_or(root, |visit| visit.name.as_str());
    let by = if importer == root {
        String::new()
    } else {
        format!(" by \"{importer}\"")
    };
    SchemaError(format!(
        "\"{import}\" is imported{by} but no reference has that name; add a reference with the name \"{import}\""
    ))
}

fn refuse_editions(tokens: &[tokens::Token<'_>]) -> Result<(), SchemaError> {
    match tokens {
        [first, second, ..]
            if first.text == "edition" && second.kind == tokens::Kind::Symbol(b'=') =>
        {
            Err(SchemaError(
                "editions are not supported; use proto2 or proto3".to_owned(),
            ))
        }
        _ => Ok(()),
    }
}

/// Refuses imports that look like places on a disk, before protox does so in other words.
fn refuse_paths(tokens: &[tokens::Token<'_>]) -> Result<(), SchemaError> {
    for (position, token) in tokens.iter().enumerate() {
        // `import weak "path"` has one word more than `import "path"`.
        let path = tokens[position + 1..]
            .iter()
            .take(2)
            .find(|token| token.kind == tokens::Kind::Text);
        if let Some(path) = path.filter(|_| token.text == "import") {
            refuse_path(path.text.trim_matches(['"', '\'']))?;
        }
    }
    Ok(())
}

fn refuse_path(path: &str) -> Result<(), SchemaError> {
    let outside =
        path.contains('\\') || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if outside {
        return Err(SchemaError(format!(
            "the import \"{path}\" is no plain relative path; imports name references, never files on disk"
        )));
    }
    Ok(())
}

/// protox's words, with the place turned from `name:line:column:` into a sentence.
fn describe(error: &protox::Error, root: &str) -> String {
    let what = error.to_string();
    let full = format!("{error:?}");
    let place = full.strip_suffix(&what).unwrap_or_default();
    let place = place.trim_end_matches([' ', ':']);
    let mut parts = place.rsplitn(3, ':');
    let (column, line, file) = (parts.next(), parts.next(), parts.next());
    match (file, line, column) {
        (Some(file), Some(line), Some(column)) if file == root => {
            format!("line {line}, column {column}: {what}")
        }
        (Some(file), Some(line), Some(column)) => {
            format!("in \"{file}\": line {line}, column {column}: {what}")
        }
        _ => what,
    }
}
