//! Which message of a Protobuf schema the data is: its position among its siblings, and those of the messages around it.

use super::FrameError;

/// How deep messages may be nested in each other. No schema that a registry takes goes deeper.
pub const MAX_MESSAGE_DEPTH: u32 = 256;

/// The way to a message, outermost first: `[1, 0]` is the first message inside the second one of the file. Enums do not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageIndexes(Vec<u32>);

impl MessageIndexes {
    /// The way to a message. None leads nowhere.
    pub fn new(indexes: impl Into<Vec<u32>>) -> Option<Self> {
        let indexes = indexes.into();
        let is_plausible = (1..=MAX_MESSAGE_DEPTH as usize).contains(&indexes.len())
            && indexes.iter().all(|index| i32::try_from(*index).is_ok());
        is_plausible.then_some(Self(indexes))
    }

    /// The first message of the file, which is what nearly every message is.
    pub fn first() -> Self {
        Self(vec![0])
    }

    /// The indexes.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }

    /// Writes them: how many, and each, as zig-zag varints. The first message of the file is the one byte 0.
    pub fn write(&self, out: &mut Vec<u8>) {
        if self.0 == [0] {
            out.push(0);
            return;
        }
        // There are at most as many as messages may be nested.
        let count = u32::try_from(self.0.len()).unwrap_or(MAX_MESSAGE_DEPTH);
        write_zigzag(count, out);
        for index in &self.0 {
            write_zigzag(*index, out);
        }
    }

    /// Reads them, in either spelling, and answers what follows.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), FrameError> {
        let mut at = 0;
        let count = read_zigzag(bytes, &mut at)?;
        if count == 0 {
            return Ok((Self::first(), &bytes[at..]));
        }
        if count > MAX_MESSAGE_DEPTH {
            return Err(FrameError::IndexesTooMany { count });
        }
        let mut indexes = Vec::with_capacity(count as usize);
        for _ in 0..count {
            indexes.push(read_zigzag(bytes, &mut at)?);
        }
        Ok((Self(indexes), &bytes[at..]))
    }
}

/// Writes a number that is not negative.
fn write_zigzag(number: u32, out: &mut Vec<u8>) {
    let mut rest = u64::from(number) << 1;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push((rest & 0x7f) as u8);
}

fn read_zigzag(bytes: &[u8], at: &mut usize) -> Result<u32, FrameError> {
    let mut number: u32 = 0;
    for shift in [0, 7, 14, 21, 28] {
        let seen = *bytes
            .get(*at)
            .ok_or(FrameError::IndexesCutOff { at: *at })?;
        let bits = u32::from(seen & 0x7f);
        if bits.leading_zeros() < shift {
            return Err(FrameError::IndexTooLarge { at: *at, seen });
        }
        number |= bits << shift;
        *at += 1;
        if seen & 0x80 == 0 {
            return plain(number);
        }
    }
    let at = *at - 1;
    Err(FrameError::IndexTooLarge {
        at,
        seen: bytes[at],
    })
}

fn plain(zigzag: u32) -> Result<u32, FrameError> {
    let half = zigzag >> 1;
    if zigzag & 1 == 0 {
        return Ok(half);
    }
    // Half of it has 31 bits, so that its complement is the negative number.
    Err(FrameError::IndexNegative {
        number: !half.cast_signed(),
    })
}
