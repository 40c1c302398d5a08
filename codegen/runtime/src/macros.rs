//! The codecs of generated types. Each type says what it is made of; how it is written and read, field by field, is the
//! same for all of a kind and stands here once.

/// The codec of a record: the index, the name and the codec of each field.
#[macro_export]
macro_rules! record {
    ($name:ident { $($index:literal $field:ident: $codec:ty;)* }) => {
        $crate::record!(@impl $name, _level, {}, { $($index $field: $codec;)* });
    };
    (recursive $name:ident { $($index:literal $field:ident: $codec:ty;)* }) => {
        $crate::record!(@impl $name, level, { recursive }, { $($index $field: $codec;)* });
    };
    (@impl $name:ident, $level:ident, $recursive:tt, { $($index:literal $field:ident: $codec:ty;)* }) => {
        #[automatically_derived]
        impl $crate::Codec for $name {
            type Value = Self;

            #[allow(unused_variables)]
            fn write(
                value: &Self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                $(<$codec as $crate::Codec>::write(&value.$field, out)?;)*
                ::core::result::Result::Ok(())
            }

            #[allow(unused_variables)]
            fn read(
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                let $level = $crate::record!(@enter $recursive, input);
                let value = Self { $($field: <$codec as $crate::Codec>::read(input)?,)* };
                $crate::record!(@leave $recursive, input, $level);
                ::core::result::Result::Ok(value)
            }

            fn resolve(
                at: $crate::At<'_>,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                let $crate::Shape::Steps(mut steps) = at.record(input)? else {
                    return <Self as $crate::Codec>::read(input);
                };
                let $level = $crate::record!(@enter $recursive, input);
                $(let mut $field = ::core::option::Option::None;)*
                while let ::core::option::Option::Some(step) = steps.next(input)? {
                    match step.target() {
                        $($index => {
                            $field = ::core::option::Option::Some(step.read::<$codec>(input)?);
                        })*
                        _ => step.skip(input)?,
                    }
                }
                $crate::record!(@leave $recursive, input, $level);
                ::core::result::Result::Ok(Self {
                    $($field: $field.ok_or_else($crate::unfilled)?,)*
                })
            }
        }
    };
    (@enter {}, $input:ident) => { () };
    (@enter { recursive }, $input:ident) => {
        $input.descend(::core::mem::size_of::<Self>())?
    };
    (@leave {}, $input:ident, $level:ident) => {};
    (@leave { recursive }, $input:ident, $level:ident) => { $input.ascend($level); };
}

/// The tables and the codec of an enum: the variant and the symbol of each.
#[macro_export]
macro_rules! enumeration {
    ($name:ident[$count:literal] { $($variant:ident = $symbol:literal;)* }) => {
        impl $name {
            /// Every variant, in the order of the schema.
            pub const ALL: [Self; $count] = [$(Self::$variant),*];
            /// The symbol of every variant, in the order of the schema.
            pub const SYMBOLS: [&'static str; $count] = [$($symbol),*];

            /// The symbol as the schema spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                Self::SYMBOLS[self as usize]
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::UnknownSymbol;

            fn from_str(symbol: &str) -> ::core::result::Result<Self, $crate::UnknownSymbol> {
                $crate::symbol(symbol, &Self::SYMBOLS, &Self::ALL)
            }
        }

        #[automatically_derived]
        impl $crate::Codec for $name {
            type Value = Self;

            fn write(
                value: &Self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                $crate::write::count(*value as usize, out);
                ::core::result::Result::Ok(())
            }

            fn read(
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                let index = input.symbol()?;
                Self::ALL.get(index).copied().ok_or_else(|| input.no_symbol(index))
            }

            fn resolve(
                at: $crate::At<'_>,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                let index = at.symbol(input)?;
                Self::ALL.get(index).copied().ok_or_else(|| input.no_symbol(index))
            }
        }
    };
}

/// The codec of a fixed type.
#[macro_export]
macro_rules! fixed {
    ($name:ident[$size:literal]) => {
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::debug_bytes(::core::stringify!($name), &self.0, f)
            }
        }

        impl ::core::convert::From<[u8; $size]> for $name {
            fn from(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }
        }

        #[automatically_derived]
        impl $crate::Codec for $name {
            type Value = Self;

            fn write(
                value: &Self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                out.extend_from_slice(&value.0);
                ::core::result::Result::Ok(())
            }

            fn read(input: &mut $crate::Reader<'_>) -> ::core::result::Result<Self, $crate::Error> {
                input.array().map(Self)
            }

            fn resolve(
                at: $crate::At<'_>,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                at.fixed(input).map(Self)
            }
        }
    };
}

/// The codec of a union: the index of null, and the index, the variant and the codec of each branch.
#[macro_export]
macro_rules! union {
    ($name:ident($null:expr) { $($index:literal $variant:ident: $codec:ty;)* }) => {
        #[automatically_derived]
        impl $crate::codec::UnionType for $name {
            const NULL: ::core::option::Option<u32> = $null;

            fn write_branch(
                &self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::write::long($index, out);
                        <$codec as $crate::Codec>::write(value, out)
                    })*
                }
            }

            fn read_branch(
                index: u64,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                match index {
                    $($index => <$codec as $crate::Codec>::read(input).map(Self::$variant),)*
                    other => ::core::result::Result::Err(input.no_branch(other)),
                }
            }

            fn resolve_branch(
                index: u32,
                at: $crate::At<'_>,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                match index {
                    $($index => <$codec as $crate::Codec>::resolve(at, input).map(Self::$variant),)*
                    other => ::core::result::Result::Err(input.no_branch(other.into())),
                }
            }
        }
    };
}

/// The codec of a type that is written as another codec writes it: what is in it, or itself.
#[macro_export]
macro_rules! transparent {
    ($name:ty, $codec:ty) => {
        #[automatically_derived]
        impl $crate::Codec for $name {
            type Value = Self;

            fn write(
                value: &Self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                <$codec as $crate::Codec>::write(&value.0, out)
            }

            fn read(input: &mut $crate::Reader<'_>) -> ::core::result::Result<Self, $crate::Error> {
                <$codec as $crate::Codec>::read(input).map(Self)
            }

            fn resolve(
                at: $crate::At<'_>,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                <$codec as $crate::Codec>::resolve(at, input).map(Self)
            }
        }
    };
    ($name:ty) => {
        #[automatically_derived]
        impl $crate::Codec for $name {
            type Value = Self;

            fn write(
                value: &Self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                <$crate::codec::Union<Self> as $crate::Codec>::write(value, out)
            }

            fn read(input: &mut $crate::Reader<'_>) -> ::core::result::Result<Self, $crate::Error> {
                <$crate::codec::Union<Self> as $crate::Codec>::read(input)
            }

            fn resolve(
                at: $crate::At<'_>,
                input: &mut $crate::Reader<'_>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                <$crate::codec::Union<Self> as $crate::Codec>::resolve(at, input)
            }
        }
    };
}
