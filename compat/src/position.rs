//! Where a place of a difference stands in a text: line and column, as an editor counts them.

use dovetail_model::SchemaType;

/// A place in a submitted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The JSON pointer (Avro, JSON Schema) or dotted element name (Protobuf).
    pub place: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

/// Finds a place; `None` where the text does not have it, as for a node that stands in a referenced text.
pub(crate) fn locate(schema_type: SchemaType, text: &str, place: &str) -> Option<Position> {
    let offset = match schema_type {
        SchemaType::Avro | SchemaType::Json => json_offset(text, place)?,
        SchemaType::Protobuf => crate::protobuf::offset(text, place)?,
    };
    let before = text.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some(Position {
        place: place.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    })
}

/// The byte at which the value begins that a JSON pointer names. The text was parsed before, so it is well-formed.
fn json_offset(text: &str, pointer: &str) -> Option<usize> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None; // It stands in a text that this one refers to.
    }
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
    };
    scanner.skip_space();
    for token in pointer.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        match scanner.peek()? {
            b'{' => scanner.enter_object(&key)?,
            b'[' => scanner.enter_array(key.parse().ok()?)?,
            _ => return None,
        }
    }
    Some(scanner.at)
}

/// Walks over JSON without recursion and without building values. Comments, which Avro allows, count as space.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
                self.at += 1;
            }
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let comment = if rest.starts_with(b"//") {
                rest.iter().position(|byte| *byte == b'\n')
            } else if rest.starts_with(b"/*") {
                rest.windows(2)
                    .skip(2)
                    .position(|pair| pair == b"*/")
                    .map(|end| end + 4)
            } else {
                return;
            };
            self.at += comment.unwrap_or(rest.len());
        }
    }

    /// Moves to the value of a key.
    fn enter_object(&mut self, key: &str) -> Option<()> {
        self.at += 1;
        loop {
            self.skip_space();
            let start = self.at;
            self.skip_value()?;
            let name: String = serde_json::from_slice(self.bytes.get(start..self.at)?).ok()?;
            self.skip_space();
            self.at += 1; // the colon
            self.skip_space();
            if name == key {
                return Some(());
            }
            self.next_member()?;
        }
    }

    /// Moves to an element.
    fn enter_array(&mut self, index: usize) -> Option<()> {
        self.at += 1;
        self.skip_space();
        for _ in 0..index {
            self.next_member()?;
            self.skip_space();
        }
        (self.peek()? != b']').then_some(())
    }

    /// Moves over a value and the comma behind it; `None` where it was the last.
    fn next_member(&mut self) -> Option<()> {
        self.skip_value()?;
        self.skip_space();
        let more = self.peek()? == b',';
        self.at += 1;
        more.then_some(())
    }

    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                _ => self.skip_word(),
            }
            if depth == 0 {
                return Some(());
            }
            self.skip_space();
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        loop {
            self.at += 1;
            match self.peek()? {
                b'\\' => self.at += 1,
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                _ => {}
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn skip_word(&mut self) {
        self.at += 1;
        while self.peek().is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_')
        }) {
            self.at += 1;
        }
    }
}
