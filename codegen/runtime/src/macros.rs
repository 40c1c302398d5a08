//! The codecs of generated types. Each type says what it is made of; how it is written and read, field by field, is the
//! same for all of a kind and stands here once.

/// The codec of a record: the index, the name and the codec of each field. With a lifetime behind its name it borrows.
#[macro_export]
macro_rules! record {
    ($name:ident { $($fields:tt)* }) => {
        $crate::record!(@impl ($name as $crate::Codec) [] '_ read, _level, {}, { $($fields)* });
    };
    (recursive $name:ident { $($fields:tt)* }) => {
        $crate::record!(@impl ($name as $crate::Codec) [] '_ read, level, { recursive }, { $($fields)* });
    };
    ($name:ident<$a:lifetime> { $($fields:tt)* }) => {
        $crate::record!(
            @impl ($name<$a> as $crate::codec::CodecRef<$a>) [<$a>] $a read_ref, _level, {}, { $($fields)* }
        );
    };
    (recursive $name:ident<$a:lifetime> { $($fields:tt)* }) => {
        $crate::record!(
            @impl ($name<$a> as $crate::codec::CodecRef<$a>) [<$a>] $a read_ref, level, { recursive }, { $($fields)* }
        );
    };
    (
        @impl ($name:ty as $trait:path) [$($generic:tt)*] $from:lifetime $read:ident, $level:ident, $recursive:tt,
        { $($index:literal $field:ident: $codec:ty;)* }
    ) => {
        #[automatically_derived]
        impl $($generic)* $trait for $name {
            type Value = Self;

            #[allow(unused_variables)]
            fn write(
                value: &Self,
                out: &mut $crate::alloc::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                $(<$codec as $trait>::write(&value.$field, out)?;)*
                ::core::result::Result::Ok(())
            }

            #[allow(unused_variables)]
            fn read(
                input: &mut $crate::Reader<$from>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                let $level = $crate::record!(@enter $recursive, input);
                let value = Self { $($field: <$codec as $trait>::read(input)?,)* };
                $crate::record!(@leave $recursive, input, $level);
                ::core::result::Result::Ok(value)
            }

            fn resolve(
                at: $crate::At<$from>,
                input: &mut $crate::Reader<$from>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                let $crate::Shape::Steps(mut steps) = at.record(input)? else {
                    return <Self as $trait>::read(input);
                };
                let $level = $crate::record!(@enter $recursive, input);
                $(let mut $field = ::core::option::Option::None;)*
                while let ::core::option::Option::Some(step) = steps.next(input)? {
                    match step.target() {
                        $($index => {
                            $field = ::core::option::Option::Some(step.$read::<$codec>(input)?);
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
                out: &mut $crate::alloc::vec::Vec<u8>,
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
                out: &mut $crate::alloc::vec::Vec<u8>,
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

/// The codec of a fixed type whose bytes are borrowed.
#[macro_export]
macro_rules! fixed_ref {
    ($name:ident<$a:lifetime>[$size:literal]) => {
        impl ::core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::debug_bytes(::core::stringify!($name), self.0, f)
            }
        }

        impl<$a> ::core::convert::From<&$a [u8; $size]> for $name<$a> {
            fn from(bytes: &$a [u8; $size]) -> Self {
                Self(bytes)
            }
        }

        #[automatically_derived]
        impl<$a> $crate::codec::CodecRef<$a> for $name<$a> {
            type Value = Self;

            fn write(
                value: &Self,
                out: &mut $crate::alloc::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                out.extend_from_slice(value.0);
                ::core::result::Result::Ok(())
            }

            fn read(input: &mut $crate::Reader<$a>) -> ::core::result::Result<Self, $crate::Error> {
                input.array_ref().map(Self)
            }

            fn resolve(
                at: $crate::At<$a>,
                input: &mut $crate::Reader<$a>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                at.fixed_ref(input).map(Self)
            }
        }
    };
}

/// The codec of a union: the index of null, and the index, the variant and the codec of each branch. With a lifetime behind
/// its name it borrows.
#[macro_export]
macro_rules! union {
    ($name:ident($null:expr) { $($branches:tt)* }) => {
        $crate::union!(
            @impl ($name as $crate::codec::UnionType, $crate::Codec) [] '_, $null, { $($branches)* }
        );
    };
    ($name:ident<$a:lifetime>($null:expr) { $($branches:tt)* }) => {
        $crate::union!(
            @impl ($name<$a> as $crate::codec::UnionRef<$a>, $crate::codec::CodecRef<$a>) [<$a>] $a, $null,
            { $($branches)* }
        );
    };
    (
        @impl ($name:ty as $trait:path, $by:path) [$($generic:tt)*] $from:lifetime, $null:expr,
        { $($index:literal $variant:ident: $codec:ty;)* }
    ) => {
        #[automatically_derived]
        impl $($generic)* $trait for $name {
            const NULL: ::core::option::Option<u32> = $null;

            fn write_branch(
                &self,
                out: &mut $crate::alloc::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::write::long($index, out);
                        <$codec as $by>::write(value, out)
                    })*
                }
            }

            fn read_branch(
                index: u64,
                input: &mut $crate::Reader<$from>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                match index {
                    $($index => <$codec as $by>::read(input).map(Self::$variant),)*
                    other => ::core::result::Result::Err(input.no_branch(other)),
                }
            }

            fn resolve_branch(
                index: u32,
                at: $crate::At<$from>,
                input: &mut $crate::Reader<$from>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                match index {
                    $($index => <$codec as $by>::resolve(at, input).map(Self::$variant),)*
                    other => ::core::result::Result::Err(input.no_branch(other.into())),
                }
            }
        }
    };
}

/// The codec of a type that is written as another codec writes it: what is in it, or itself. With a lifetime behind its name
/// it borrows.
#[macro_export]
macro_rules! transparent {
    (<$a:lifetime> $name:ty, $codec:ty) => {
        $crate::transparent!(
            @impl ($name as $crate::codec::CodecRef<$a>) [<$a>] $a, $codec, (value) (&value.0) (Self)
        );
    };
    (<$a:lifetime> $name:ty) => {
        $crate::transparent!(
            @impl ($name as $crate::codec::CodecRef<$a>) [<$a>] $a, $crate::codec::Union<Self>,
            (value) (value) (::core::convert::identity)
        );
    };
    ($name:ty, $codec:ty) => {
        $crate::transparent!(@impl ($name as $crate::Codec) [] '_, $codec, (value) (&value.0) (Self));
    };
    ($name:ty) => {
        $crate::transparent!(
            @impl ($name as $crate::Codec) [] '_, $crate::codec::Union<Self>, (value) (value) (::core::convert::identity)
        );
    };
    (
        @impl ($name:ty as $trait:path) [$($generic:tt)*] $from:lifetime, $codec:ty,
        ($value:ident) ($inner:expr) ($outer:expr)
    ) => {
        #[automatically_derived]
        impl $($generic)* $trait for $name {
            type Value = Self;

            fn write(
                $value: &Self,
                out: &mut $crate::alloc::vec::Vec<u8>,
            ) -> ::core::result::Result<(), $crate::Error> {
                <$codec as $trait>::write($inner, out)
            }

            fn read(
                input: &mut $crate::Reader<$from>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                <$codec as $trait>::read(input).map($outer)
            }

            fn resolve(
                at: $crate::At<$from>,
                input: &mut $crate::Reader<$from>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                <$codec as $trait>::resolve(at, input).map($outer)
            }
        }
    };
}
