//! Reading the parts of Avro's binary encoding from bytes that anyone may have sent.

/// The bytes that are left to read.
pub(super) struct Input<'a> {
    rest: &'a [u8],
}

/// The bytes are none that the writer's schema can have produced; why not.
#[derive(Debug)]
pub(super) struct Malformed(pub(super) &'static str);

impl<'a> Input<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Where reading stands, to read the same bytes again.
    pub(super) const fn mark(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) const fn go_to(&mut self, mark: &'a [u8]) {
        self.rest = mark;
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(Malformed("the bytes end too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(Malformed("the bytes end too early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Malformed> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Malformed("a boolean is neither 0 nor 1")),
        }
    }

    pub(super) fn long(&mut self) -> Result<i64, Malformed> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7F);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        Err(Malformed("a number does not end"))
    }

    pub(super) fn int(&mut self) -> Result<i32, Malformed> {
        i32::try_from(self.long()?).map_err(|_| Malformed("an int is out of range"))
    }

    /// The bytes of a string or of bytes.
    pub(super) fn prefixed(&mut self) -> Result<&'a [u8], Malformed> {
        let count = usize::try_from(self.long()?).map_err(|_| Malformed("a length is negative"))?;
        self.take(count)
    }

    /// The length of the next block of an array or map; 0 is the end. A negative length is followed by the block's size.
    pub(super) fn block(&mut self) -> Result<u64, Malformed> {
        let count = self.long()?;
        if count < 0 {
            self.long()?;
        }
        Ok(count.unsigned_abs())
    }
}
