//! The types of fields as far as the wire is concerned.

use prost_reflect::prost_types::field_descriptor_proto::Type;

/// The fifteen scalar types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scalar {
    Double,
    Float,
    Int64,
    Uint64,
    Int32,
    Fixed64,
    Fixed32,
    Bool,
    String,
    Bytes,
    Uint32,
    Sfixed32,
    Sfixed64,
    Sint32,
    Sint64,
}

/// Scalars that can be read as each other, which is the protocol's notion: by the wire, values may still be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Varint,
    ZigZag,
    Bytes,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

impl Scalar {
    /// The scalar of a descriptor's type; None for messages, groups and enums.
    pub(super) const fn of(type_: Type) -> Option<Self> {
        Some(match type_ {
            Type::Double => Self::Double,
            Type::Float => Self::Float,
            Type::Int64 => Self::Int64,
            Type::Uint64 => Self::Uint64,
            Type::Int32 => Self::Int32,
            Type::Fixed64 => Self::Fixed64,
            Type::Fixed32 => Self::Fixed32,
            Type::Bool => Self::Bool,
            Type::String => Self::String,
            Type::Bytes => Self::Bytes,
            Type::Uint32 => Self::Uint32,
            Type::Sfixed32 => Self::Sfixed32,
            Type::Sfixed64 => Self::Sfixed64,
            Type::Sint32 => Self::Sint32,
            Type::Sint64 => Self::Sint64,
            Type::Group | Type::Message | Type::Enum => return None,
        })
    }

    /// The keyword.
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Uint32 => "uint32",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
        }
    }

    /// Its group on the wire.
    pub(super) const fn wire(self) -> Wire {
        match self {
            Self::Int32 | Self::Int64 | Self::Uint32 | Self::Uint64 | Self::Bool => Wire::Varint,
            Self::Sint32 | Self::Sint64 => Wire::ZigZag,
            Self::String | Self::Bytes => Wire::Bytes,
            Self::Fixed32 | Self::Sfixed32 => Wire::Fixed32,
            Self::Fixed64 | Self::Sfixed64 => Wire::Fixed64,
            Self::Float => Wire::Float,
            Self::Double => Wire::Double,
        }
    }
}
