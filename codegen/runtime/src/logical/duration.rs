//! Durations.

use alloc::vec::Vec;

use crate::{At, Codec, Error, Reader};

/// Months, days and milliseconds, which do not convert into one another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Milliseconds.
    pub millis: u32,
}

impl Duration {
    pub(crate) fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let numbers = [self.months, self.days, self.millis];
        for (bytes, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            bytes.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; 12]) -> Self {
        let number = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Self {
            months: number(0),
            days: number(4),
            millis: number(8),
        }
    }
}

impl Codec for Duration {
    type Value = Self;

    #[inline]
    fn write(value: &Self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(&value.to_bytes());
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<Self, Error> {
        input.array().map(Self::from_bytes)
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Self, Error> {
        at.fixed(input).map(Self::from_bytes)
    }
}
