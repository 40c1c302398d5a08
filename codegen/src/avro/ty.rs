//! Rust types: the form between schemas and tokens.

use dovetail_runtime::schema::{Kind, Logical, NodeId, Primitive, Schema};

/// The number of an item.
pub(super) type ItemId = usize;

/// A Rust type and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ty {
    Primitive(Primitive),
    /// A logical type, and how many bytes it has if a fixed type carries it.
    Logical(Logical, Option<usize>),
    Array(Box<Self>),
    Map(Box<Self>),
    /// A record, an enum or a fixed type.
    Item(ItemId),
    /// A type or null.
    Option {
        null_first: bool,
        inner: Box<Self>,
    },
    /// A union of one branch.
    Single(Box<Self>),
    /// A union of several branches.
    Union(ItemId),
    /// A union of several branches and null.
    NullableUnion(ItemId),
    Boxed(Box<Self>),
}

/// What a union's branches come to.
pub(super) enum Branches {
    Single(NodeId),
    Option { null_first: bool, inner: NodeId },
    Several { null: Option<u32> },
}

/// What a union's branches come to.
pub(super) fn branches(schema: &Schema, branches: &[NodeId]) -> Branches {
    let is_null = |&id: &NodeId| matches!(schema.kind(id), Kind::Primitive(Primitive::Null));
    let null = branches.iter().position(is_null);
    match (branches, null) {
        ([only], _) => Branches::Single(*only),
        ([_, inner], Some(0)) => Branches::Option {
            null_first: true,
            inner: *inner,
        },
        ([inner, _], Some(_)) => Branches::Option {
            null_first: false,
            inner: *inner,
        },
        _ => Branches::Several {
            null: null.and_then(|null| u32::try_from(null).ok()),
        },
    }
}

/// The logical type of a node that decides its Rust type, and its bytes if it is a fixed type.
pub(super) fn logical(schema: &Schema, id: NodeId) -> Option<(Logical, Option<usize>)> {
    let logical = schema.logical(id)?;
    let size = match schema.kind(id) {
        Kind::Fixed(fixed) => Some(fixed.size),
        _ => None,
    };
    Some((logical, size))
}

impl Ty {
    /// Calls a function with every item that a value of this type holds inside itself, not behind an array, map or box.
    pub(super) fn by_value(&self, found: &mut dyn FnMut(ItemId)) {
        match self {
            Self::Item(item) | Self::Union(item) | Self::NullableUnion(item) => found(*item),
            Self::Option { inner, .. } | Self::Single(inner) => inner.by_value(found),
            Self::Primitive(_)
            | Self::Logical(..)
            | Self::Array(_)
            | Self::Map(_)
            | Self::Boxed(_) => {}
        }
    }

    /// Calls a function with every item of this type.
    pub(super) fn items(&self, found: &mut dyn FnMut(ItemId)) {
        match self {
            Self::Item(item) | Self::Union(item) | Self::NullableUnion(item) => found(*item),
            Self::Option { inner, .. }
            | Self::Single(inner)
            | Self::Array(inner)
            | Self::Map(inner)
            | Self::Boxed(inner) => inner.items(found),
            Self::Primitive(_) | Self::Logical(..) => {}
        }
    }

    /// Puts a box around every use of an item by value.
    pub(super) fn put_in_box(&mut self, item: ItemId) {
        match self {
            Self::Item(own) | Self::Union(own) | Self::NullableUnion(own) if *own == item => {
                let inner = std::mem::replace(self, Self::Primitive(Primitive::Null));
                *self = Self::Boxed(Box::new(inner));
            }
            Self::Option { inner, .. } | Self::Single(inner) => inner.put_in_box(item),
            _ => {}
        }
    }

    /// Calls a function with every part of this type, this type first.
    pub(super) fn parts(&self, found: &mut dyn FnMut(&Self)) {
        found(self);
        match self {
            Self::Option { inner, .. }
            | Self::Single(inner)
            | Self::Array(inner)
            | Self::Map(inner)
            | Self::Boxed(inner) => inner.parts(found),
            _ => {}
        }
    }
}
