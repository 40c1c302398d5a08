//! Where an import waits until all of it has arrived: a file without a name, which goes when nobody reads it any more.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{Mutex, PoisonError},
};

use super::RegistryError;

/// How much is read at once in search of the end of a line: twice as much each time, up to the last.
const FIRST_BLOCK: usize = 4 * 1024;
const LAST_BLOCK: usize = 1024 * 1024;

/// Bytes that were spooled.
#[derive(Debug)]
pub struct Spool {
    file: Mutex<File>,
    bytes: u64,
    longest_line: usize,
}

/// The file cannot be used: the disk for temporary files is full, or away.
#[derive(Debug, thiserror::Error)]
#[error("the import cannot be kept in a temporary file: {0}")]
pub struct SpoolError(#[from] io::Error);

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    start: u64,
    len: usize,
}

/// A line without its line feed.
#[derive(Debug)]
pub(super) struct SpooledLine {
    pub(super) text: Vec<u8>,
    pub(super) place: Place,
}

impl Place {
    /// Where the next line begins.
    pub(super) fn end(self) -> u64 {
        self.start + self.len as u64 + 1
    }
}

impl From<SpoolError> for RegistryError {
    fn from(error: SpoolError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl Spool {
    /// An empty one, for lines of at most so many bytes.
    pub fn new(longest_line: usize) -> Result<Self, SpoolError> {
        Ok(Self {
            file: Mutex::new(tempfile::tempfile()?),
            bytes: 0,
            longest_line,
        })
    }

    /// How much there is.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Whether nothing arrived.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Takes what arrives next.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), SpoolError> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.write_all(piece)?;
        self.bytes += piece.len() as u64;
        Ok(())
    }

    /// The line that begins at a place; `None` at the end.
    pub(super) fn line_at(&self, start: u64) -> Result<Option<SpooledLine>, RegistryError> {
        if start >= self.bytes {
            return Ok(None);
        }
        let mut text = Vec::new();
        let mut size = FIRST_BLOCK;
        loop {
            let from = start + text.len() as u64;
            let block = self.read_at(from, size)?;
            size = (size * 2).min(LAST_BLOCK);
            let end = block.iter().position(|byte| *byte == b'\n');
            text.extend_from_slice(&block[..end.unwrap_or(block.len())]);
            if text.len() > self.longest_line {
                let reason = format!("a line is longer than {} bytes", self.longest_line);
                return Err(RegistryError::ImportUnreadable(reason));
            }
            if end.is_some() || block.is_empty() {
                let place = Place {
                    start,
                    len: text.len(),
                };
                return Ok(Some(SpooledLine { text, place }));
            }
        }
    }

    /// A line that was read before.
    pub(super) fn read(&self, place: Place) -> Result<Vec<u8>, SpoolError> {
        self.read_at(place.start, place.len)
    }

    fn read_at(&self, start: u64, most: usize) -> Result<Vec<u8>, SpoolError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        let mut block = Vec::with_capacity(most.min(LAST_BLOCK));
        (&mut *file).take(most as u64).read_to_end(&mut block)?;
        Ok(block)
    }
}
