//! Items: what becomes a Rust type, with its name, its place and its parts.

mod names;

use std::collections::HashMap;

use dovetail_runtime::schema::{Kind, NodeId};

use self::names::Names;
use super::{
    Notes,
    sharing::Classes,
    texts::Text,
    ty::{self, Branches, ItemId, Ty},
};
use crate::Options;

/// All items of all texts.
pub(super) struct Items {
    pub(super) all: Vec<Item>,
    /// What a text calls an item that another text's module has.
    pub(super) uses: Vec<Use>,
    /// The root of each text.
    pub(super) roots: Vec<ItemId>,
    /// Where the module of each text has each item: in a module, by a name.
    local: HashMap<(usize, ItemId), (Vec<String>, String)>,
    /// The item of each node that is one.
    of_node: HashMap<(usize, NodeId), ItemId>,
}

/// What becomes a Rust type.
pub(super) struct Item {
    /// The text that it is emitted for.
    pub(super) text: usize,
    pub(super) node: NodeId,
    /// The modules that it stands in.
    pub(super) module: Vec<String>,
    pub(super) identifier: String,
    /// Whether it is a root without a name of its own.
    pub(super) is_wrapper: bool,
    pub(super) body: Body,
    /// Whether it is inside itself, in whatever way.
    pub(super) is_recursive: bool,
}

pub(super) enum Body {
    /// The identifiers and types of the fields.
    Record(Vec<(String, Ty)>),
    /// The identifiers of the variants.
    Enum(Vec<String>),
    Fixed(usize),
    Union(Union),
    /// A root without a name of its own.
    Root(Ty),
}

/// A union with several branches.
pub(super) struct Union {
    pub(super) null: Option<u32>,
    /// Index in the schema, identifier and type.
    pub(super) variants: Vec<Variant>,
}

pub(super) struct Variant {
    pub(super) index: u32,
    pub(super) node: NodeId,
    pub(super) identifier: String,
    pub(super) ty: Ty,
}

/// A name in one text's module for an item of another's.
pub(super) struct Use {
    pub(super) module: Vec<String>,
    pub(super) identifier: String,
    pub(super) item: ItemId,
}

impl Items {
    pub(super) fn new(
        texts: &[Text<'_>],
        classes: &Classes,
        options: &Options,
        notes: &mut Notes,
    ) -> Self {
        let mut items = Self {
            all: Vec::new(),
            uses: Vec::new(),
            roots: Vec::new(),
            local: HashMap::new(),
            of_node: HashMap::new(),
        };
        let mut owners = HashMap::new();
        let mut names = Names::new(texts, options);
        for (index, text) in texts.iter().enumerate() {
            let placed = names.place(index, notes);
            items.take_places(index, text, placed, classes, &mut owners);
        }
        items.fill_bodies(texts, &names, notes);
        items
    }

    /// Makes items of what was placed, or uses of items that are there already.
    fn take_places(
        &mut self,
        index: usize,
        text: &Text<'_>,
        placed: Vec<names::Placed>,
        classes: &Classes,
        owners: &mut HashMap<Key, ItemId>,
    ) {
        let root = text.schema.root();
        for names::Placed {
            node,
            owner,
            module,
            identifier,
            is_wrapper,
        } in placed
        {
            let key = key(index, node, owner, classes).filter(|_| !is_wrapper);
            let known = key.and_then(|key| owners.get(&key).copied());
            let item = known.unwrap_or(self.all.len());
            let here = (module.clone(), identifier.clone());
            self.local.entry((index, item)).or_insert(here);
            if known.is_some() {
                self.uses.push(Use {
                    module,
                    identifier,
                    item,
                });
            } else {
                self.all.push(Item {
                    text: index,
                    node,
                    module,
                    identifier,
                    is_wrapper,
                    body: Body::Fixed(0),
                    is_recursive: false,
                });
                owners.extend(key.map(|key| (key, item)));
            }
            if node == root && self.roots.len() == index {
                self.roots.push(item);
            }
            if !is_wrapper {
                self.of_node.insert((index, node), item);
            }
        }
    }

    fn fill_bodies(&mut self, texts: &[Text<'_>], names: &Names<'_>, notes: &mut Notes) {
        for item in 0..self.all.len() {
            let (index, node) = (self.all[item].text, self.all[item].node);
            let text = &texts[index];
            let body = match text.schema.kind(node) {
                _ if self.all[item].is_wrapper => Body::Root(self.ty(texts, index, node)),
                Kind::Record(record) => {
                    let identifiers = names.fields(text, node, record, notes);
                    let types = record
                        .fields
                        .iter()
                        .map(|it| self.ty(texts, index, it.type_id));
                    Body::Record(identifiers.into_iter().zip(types).collect())
                }
                Kind::Enum(symbols) => {
                    Body::Enum(names.symbols(text, node, &symbols.symbols, notes))
                }
                Kind::Fixed(fixed) => Body::Fixed(fixed.size),
                Kind::Union(branches) => self.union(texts, index, branches),
                _ => Body::Root(self.ty(texts, index, node)),
            };
            self.all[item].body = body;
        }
    }

    fn union(&self, texts: &[Text<'_>], index: usize, branches: &[NodeId]) -> Body {
        let text = &texts[index];
        let Branches::Several { null } = ty::branches(&text.schema, branches) else {
            return Body::Root(self.union_ty(texts, index, branches, None));
        };
        let identifiers = names::variants(text, branches);
        let variants = (0..).zip(branches).zip(identifiers);
        let variants = variants
            .filter(|((branch, _), _)| Some(*branch) != null)
            .map(|((branch, &node), identifier)| Variant {
                index: branch,
                node,
                identifier,
                ty: self.ty(texts, index, node),
            });
        Body::Union(Union {
            null,
            variants: variants.collect(),
        })
    }

    /// Where the module of a text has an item.
    pub(super) fn local(&self, text: usize, item: ItemId) -> (&[String], &str) {
        match self.local.get(&(text, item)) {
            Some((module, identifier)) => (module, identifier),
            None => (&self.all[item].module, &self.all[item].identifier),
        }
    }

    /// The Rust type of a node.
    pub(super) fn ty(&self, texts: &[Text<'_>], index: usize, id: NodeId) -> Ty {
        let schema = &texts[index].schema;
        if let Some((logical, size)) = ty::logical(schema, id) {
            return Ty::Logical(logical, size);
        }
        match schema.kind(id) {
            Kind::Primitive(primitive) => Ty::Primitive(*primitive),
            Kind::Array(inner) => Ty::Array(Box::new(self.ty(texts, index, *inner))),
            Kind::Map(inner) => Ty::Map(Box::new(self.ty(texts, index, *inner))),
            Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => {
                Ty::Item(self.of_node[&(index, id)])
            }
            Kind::Union(branches) => {
                let item = self.of_node.get(&(index, id)).copied();
                self.union_ty(texts, index, branches, item)
            }
        }
    }

    fn union_ty(
        &self,
        texts: &[Text<'_>],
        index: usize,
        branches: &[NodeId],
        item: Option<ItemId>,
    ) -> Ty {
        match (ty::branches(&texts[index].schema, branches), item) {
            (Branches::Single(only), _) => Ty::Single(Box::new(self.ty(texts, index, only))),
            (Branches::Option { null_first, inner }, _) => Ty::Option {
                null_first,
                inner: Box::new(self.ty(texts, index, inner)),
            },
            (Branches::Several { null: None }, Some(item)) => Ty::Union(item),
            (Branches::Several { .. }, item) => Ty::NullableUnion(item.unwrap_or_default()),
        }
    }
}

/// What tells items apart over all texts: the class of a named type, or that of a union's owner and where it stands in it.
type Key = (usize, u32);

fn key(text: usize, node: NodeId, owner: Option<(NodeId, u32)>, classes: &Classes) -> Option<Key> {
    let (named, nth) = owner.map_or((node, 0), |(named, nth)| (named, nth + 1));
    classes.get(&(text, named)).map(|&class| (class, nth))
}
