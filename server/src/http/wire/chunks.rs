//! Where a chunked body ends (RFC 9112, section 7.1).
//!
//! hyper decodes the chunks; this only follows them, to know where the next head begins. It accepts nothing that hyper
//! refuses or reads otherwise, so the two never disagree about the end.

/// All extensions and trailers of one body together. Nobody sends any.
const MAX_EXTRA_BYTES: usize = 4 * 1024;

/// Sizes of more hexadecimal digits do not fit any body.
const MAX_SIZE_DIGITS: u8 = 15;

/// Follows one chunked body.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    place: Place,
    extra_bytes: usize,
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, Default)]
enum Place {
    #[default]
    SizeStart,
    Size {
        size: u64,
        digits: u8,
    },
    SpaceAfterSize {
        size: u64,
    },
    Extension {
        size: u64,
    },
    SizeLf {
        size: u64,
    },
    Data {
        bytes_left: u64,
    },
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    LastLf,
}

/// What some bytes did to the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// All belong to the body, and it goes on.
    Goes,
    /// The body ends after so many of them.
    Ends { bytes: usize },
    /// After so many of them comes what does not belong into a body.
    Bad { bytes: usize },
}

impl Chunks {
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Fed {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let Place::Data { bytes_left } = self.place {
                let rest = bytes.len() - at;
                let here = usize::try_from(bytes_left).map_or(rest, |left| left.min(rest));
                at += here;
                self.place = match bytes_left - here as u64 {
                    0 => Place::DataCr,
                    bytes_left => Place::Data { bytes_left },
                };
                continue;
            }
            if matches!(self.place, Place::LastLf) && byte == b'\n' {
                return Fed::Ends { bytes: at + 1 };
            }
            match self.after(byte) {
                Some(place) => self.place = place,
                None => return Fed::Bad { bytes: at },
            }
            at += 1;
        }
        Fed::Goes
    }

    /// Where one byte of the framing leads.
    fn after(&mut self, byte: u8) -> Option<Place> {
        match (self.place, byte) {
            (Place::SizeStart, _) => Some(Place::Size {
                size: hex_value(byte)?,
                digits: 1,
            }),
            (
                Place::Size { size, .. }
                | Place::SpaceAfterSize { size }
                | Place::Extension { size },
                b'\r',
            ) => Some(Place::SizeLf { size }),
            (Place::Size { size, .. } | Place::SpaceAfterSize { size }, b';') => {
                Some(Place::Extension { size })
            }
            (Place::Size { size, .. } | Place::SpaceAfterSize { size }, b' ' | b'\t') => {
                self.count_extra()?;
                Some(Place::SpaceAfterSize { size })
            }
            (Place::Size { size, digits }, _) if digits < MAX_SIZE_DIGITS => Some(Place::Size {
                size: size * 16 + hex_value(byte)?,
                digits: digits + 1,
            }),
            (Place::Extension { size }, _) if is_text(byte) => {
                self.count_extra()?;
                Some(Place::Extension { size })
            }
            (Place::SizeLf { size: 0 } | Place::TrailerLf, b'\n') => Some(Place::TrailerStart),
            (Place::SizeLf { size }, b'\n') => Some(Place::Data { bytes_left: size }),
            (Place::DataCr, b'\r') => Some(Place::DataLf),
            (Place::DataLf, b'\n') => Some(Place::SizeStart),
            (Place::TrailerStart, b'\r') => Some(Place::LastLf),
            (Place::Trailer, b'\r') => Some(Place::TrailerLf),
            (Place::TrailerStart | Place::Trailer, _) if is_text(byte) => {
                self.count_extra()?;
                Some(Place::Trailer)
            }
            _ => None,
        }
    }

    fn count_extra(&mut self) -> Option<()> {
        self.extra_bytes += 1;
        (self.extra_bytes <= MAX_EXTRA_BYTES).then_some(())
    }
}

fn hex_value(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}
