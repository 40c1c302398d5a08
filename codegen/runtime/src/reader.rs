//! Reading the parts of Avro's binary encoding from a slice that anyone may have sent.

use alloc::format;

use crate::{
    Limits,
    error::{Cause, Error},
};

/// A place in a slice of bytes, and what may still be spent on reading it.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
    limits: Limits,
}

/// What the depth and the stack were before a recursive type was entered.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    depth: u32,
    stack: usize,
}

impl<'a> Reader<'a> {
    /// The start of the bytes, with the default limits.
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self::with_limits(bytes, Limits::DEFAULT)
    }

    /// The start of the bytes.
    #[inline]
    pub const fn with_limits(bytes: &'a [u8], limits: Limits) -> Self {
        Self {
            rest: bytes,
            length: bytes.len(),
            limits,
        }
    }

    /// The bytes that are left.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How many bytes were read.
    #[inline]
    pub const fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// Fails if bytes are left.
    #[inline]
    pub fn finish(&self) -> Result<(), Error> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.error(Cause::TrailingBytes(self.rest.len())))
        }
    }

    #[cold]
    pub(crate) fn error(&self, cause: Cause) -> Error {
        Error::at(cause, self.offset())
    }

    /// The next bytes, this many.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(self.error(Cause::EndOfInput)),
        }
    }

    /// The next `N` bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.array_ref().copied()
    }

    /// The next `N` bytes where they are.
    #[inline]
    pub fn array_ref<const N: usize>(&mut self) -> Result<&'a [u8; N], Error> {
        match self.rest.split_first_chunk() {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(self.error(Cause::EndOfInput)),
        }
    }

    /// A `boolean`.
    #[inline]
    pub fn boolean(&mut self) -> Result<bool, Error> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => Err(self.error(Cause::Boolean(other))),
        }
    }

    /// A `long`, and everything else that is written like one.
    #[inline]
    pub fn long(&mut self) -> Result<i64, Error> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(unzigzag(u64::from(*byte)))
            }
            _ => self.long_of_several_bytes(),
        }
    }

    #[inline(never)]
    fn long_of_several_bytes(&mut self) -> Result<i64, Error> {
        let mut value = 0_u64;
        for (index, &byte) in self.rest.iter().take(10).enumerate() {
            let bits = u64::from(byte & 0x7F);
            if index == 9 && bits > 1 {
                break;
            }
            value |= bits << (7 * index);
            if byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                return Ok(unzigzag(value));
            }
        }
        let cause = if self.rest.len() < 10 {
            Cause::EndOfInput
        } else {
            Cause::Varint
        };
        Err(self.error(cause))
    }

    /// An `int`.
    #[inline]
    pub fn int(&mut self) -> Result<i32, Error> {
        let value = self.long()?;
        i32::try_from(value).map_err(|_| self.error(Cause::IntRange(value)))
    }

    /// A `float`.
    #[inline]
    pub fn float(&mut self) -> Result<f32, Error> {
        self.array().map(f32::from_le_bytes)
    }

    /// A `double`.
    #[inline]
    pub fn double(&mut self) -> Result<f64, Error> {
        self.array().map(f64::from_le_bytes)
    }

    /// `bytes`.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.long()?;
        match usize::try_from(length) {
            Ok(length) => self.take(length),
            Err(_) => Err(self.error(Cause::Length(length))),
        }
    }

    /// A `string`.
    #[inline]
    pub fn text(&mut self) -> Result<&'a str, Error> {
        let bytes = self.bytes()?;
        str::from_utf8(bytes).map_err(|_| self.error(Cause::Utf8))
    }

    /// The index of a union's branch.
    #[inline]
    pub fn branch(&mut self) -> Result<u64, Error> {
        let index = self.long()?;
        u64::try_from(index).map_err(|_| self.error(Cause::Branch(index)))
    }

    /// The index of an enum's symbol.
    #[inline]
    pub fn symbol(&mut self) -> Result<usize, Error> {
        let index = self.long()?;
        usize::try_from(index).map_err(|_| self.error(Cause::Symbol(index)))
    }

    /// The length of the next block of an array or a map; 0 ends it.
    #[inline]
    pub fn block(&mut self) -> Result<usize, Error> {
        let count = self.long()?;
        match usize::try_from(count) {
            Ok(count) => Ok(count),
            Err(_) => self.block_with_size(count).map(|(count, _)| count),
        }
    }

    /// The rest of the head of a block that says how many bytes it has.
    #[cold]
    pub(crate) fn block_with_size(&mut self, count: i64) -> Result<(usize, usize), Error> {
        let size = self.long()?;
        let size = usize::try_from(size).map_err(|_| self.error(Cause::Length(size)))?;
        let positive = usize::try_from(count.unsigned_abs());
        let count = positive.map_err(|_| self.error(Cause::Length(count)))?;
        Ok((count, size))
    }

    /// The error for a branch that the union does not have.
    #[cold]
    pub fn no_branch(&self, index: u64) -> Error {
        self.error(Cause::Branch(index.cast_signed()))
    }

    /// The error for a symbol that the enum does not have.
    #[cold]
    pub fn no_symbol(&self, index: usize) -> Error {
        self.error(Cause::Symbol(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// The error for a node of a plan that is none of the codec's.
    #[cold]
    pub(crate) fn misfit(&self) -> Error {
        self.error(Cause::Unreadable("the plan is for another type".into()))
    }

    /// The error for a symbol that the reader's enum does not know.
    #[cold]
    pub(crate) fn unknown_symbol(&self, symbol: usize) -> Error {
        let text = format!(
            "the reader's enum has neither the writer's symbol {symbol} nor a default; add one of them to the reader"
        );
        self.error(Cause::Unreadable(text.into()))
    }

    /// The error for a value that its logical type does not allow.
    #[cold]
    pub fn no_value(&self, what: &'static str) -> Error {
        self.error(Cause::Logical(what))
    }
}

/// What may be spent.
impl<'a> Reader<'a> {
    /// Enters a recursive type of a size.
    #[inline]
    pub fn descend(&mut self, size: usize) -> Result<Level, Error> {
        let before = Level {
            depth: self.limits.depth,
            stack: self.limits.stack,
        };
        match (before.depth.checked_sub(1), before.stack.checked_sub(size)) {
            (Some(depth), Some(stack)) => {
                self.limits.depth = depth;
                self.limits.stack = stack;
                Ok(before)
            }
            _ => Err(self.error(Cause::Depth)),
        }
    }

    /// Leaves a recursive type again.
    #[inline]
    pub const fn ascend(&mut self, before: Level) {
        self.limits.depth = before.depth;
        self.limits.stack = before.stack;
    }

    /// Spends memory, or work that is like it.
    #[inline]
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), Error> {
        match self.limits.memory.checked_sub(bytes) {
            Some(left) => {
                self.limits.memory = left;
                Ok(())
            }
            None => Err(self.error(Cause::Budget)),
        }
    }

    /// Spends what a block of items of a size needs, and says how many to make room for at once: no more than the bytes
    /// that are left can hold, and no more than a page or two.
    #[inline]
    pub(crate) fn room_for(&mut self, count: usize, size: usize) -> Result<usize, Error> {
        const AT_ONCE: usize = 16 << 10;
        self.spend(count.saturating_mul(size.max(4)))?;
        Ok(count.min(self.rest.len()).min(AT_ONCE / size.max(1) + 1))
    }

    /// Reads other bytes, within the same limits.
    pub(crate) fn aside<'b, T>(
        &mut self,
        bytes: &'b [u8],
        read: impl FnOnce(&mut Reader<'b>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.spend(bytes.len())?;
        let mut aside = Reader::with_limits(bytes, self.limits);
        let value = read(&mut aside).map_err(|error| self.error(error.cause().clone()))?;
        self.limits.memory = aside.limits.memory;
        Ok(value)
    }

    /// Goes back to bytes that were read already, which costs as much as reading them did.
    pub(crate) fn go_back(&mut self, mark: &'a [u8]) -> Result<(), Error> {
        self.spend((mark.len() - self.rest.len()).max(4))?;
        self.rest = mark;
        Ok(())
    }
}

#[inline]
const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}
