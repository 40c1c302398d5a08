//! The words of a `.proto` text, and the bounds that hold before any parser sees it.
//!
//! Only the shape of tokens is looked at here; whether they make sense is protox's to say.

use super::limits::{
    MAX_BYTES, MAX_IDENTIFIER, MAX_NAME_BYTES, MAX_NAME_PARTS, MAX_NESTING, MAX_TOKENS,
};
use crate::SchemaError;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A number as written, without a sign.
    Number,
    /// A string literal with its quotes.
    Text,
    /// One character of punctuation.
    Symbol(u8),
    /// After the last token.
    End,
}

/// A token and where it starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) offset: usize,
}

/// Splits a text into tokens without its comments, and refuses what exceeds a bound.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, SchemaError> {
    if text.len() > MAX_BYTES {
        return Err(SchemaError(format!(
            "the text has {} bytes, more than the limit of {MAX_BYTES}",
            text.len()
        )));
    }
    let mut scan = Scan { text, at: 0 };
    let mut found = Vec::new();
    let mut bounds = Bounds::default();
    while let Some(token) = scan.next_token()? {
        bounds
            .admit(&token, found.len())
            .map_err(|what| scan.error(token.offset, &what))?;
        found.push(token);
    }
    Ok(found)
}

/// "line 3, column 5" of a byte offset, counted in characters from 1.
pub(super) fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before[start..].chars().count() + 1;
    format!("line {line}, column {column}")
}

#[derive(Default)]
struct Bounds {
    nesting: usize,
    dots: usize,
    name: usize,
}

impl Bounds {
    fn admit(&mut self, token: &Token<'_>, count: usize) -> Result<(), String> {
        if count >= MAX_TOKENS {
            return Err(format!("the text has more than {MAX_TOKENS} tokens"));
        }
        match token.kind {
            Kind::Word if token.text.len() > MAX_IDENTIFIER => {
                return Err(format!(
                    "an identifier has {} bytes, more than the limit of {MAX_IDENTIFIER}",
                    token.text.len()
                ));
            }
            Kind::Symbol(b'{' | b'[' | b'<') => self.nesting += 1,
            Kind::Symbol(b'}' | b']' | b'>') => self.nesting = self.nesting.saturating_sub(1),
            _ => {}
        }
        // Round brackets do not nest, but in the name of an option they lengthen the path.
        match token.kind {
            Kind::Symbol(b'.') => {
                self.dots += 1;
                self.name += 1;
            }
            Kind::Word => self.name += token.text.len(),
            Kind::Symbol(b'(' | b')') => {}
            _ => (self.dots, self.name) = (0, 0),
        }
        if self.nesting > MAX_NESTING {
            return Err(format!(
                "brackets are nested more than {MAX_NESTING} deep; flatten the nested messages or option values"
            ));
        }
        if self.dots > MAX_NAME_PARTS {
            return Err(format!("a name has more than {MAX_NAME_PARTS} parts"));
        }
        if self.name > MAX_NAME_BYTES {
            return Err(format!("a name has more than {MAX_NAME_BYTES} bytes"));
        }
        Ok(())
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn next_token(&mut self) -> Result<Option<Token<'a>>, SchemaError> {
        self.skip_blanks()?;
        let offset = self.at;
        let Some(first) = self.byte(0) else {
            return Ok(None);
        };
        let kind = match first {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                Kind::Word
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            b'"' | b'\'' => self.string(first)?,
            0x21..=0x7e => {
                self.at += 1;
                Kind::Symbol(first)
            }
            _ => return Err(self.error(offset, "a character that has no place here")),
        };
        Ok(Some(Token {
            kind,
            text: &self.text[offset..self.at],
            offset,
        }))
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.byte(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) -> Result<(), SchemaError> {
        loop {
            self.skip_while(|byte| byte.is_ascii_whitespace() || byte == 0x0b);
            match (self.byte(0), self.byte(1)) {
                // `#` opens a comment inside option values; protox refuses it anywhere else.
                (Some(b'/'), Some(b'/')) | (Some(b'#'), _) => self.skip_while(|byte| byte != b'\n'),
                (Some(b'/'), Some(b'*')) => {
                    let open = self.at;
                    let end = self.text[open + 2..].find("*/").ok_or_else(|| {
                        self.error(open, "a comment is opened here and never closed")
                    })?;
                    self.at = open + 2 + end + 2;
                }
                _ => return Ok(()),
            }
        }
    }

    fn number(&mut self) -> Kind {
        let hexadecimal = self.byte(0) == Some(b'0') && matches!(self.byte(1), Some(b'x' | b'X'));
        let mut previous = 0;
        while let Some(byte) = self.byte(0) {
            let sign_of_exponent =
                matches!(byte, b'+' | b'-') && matches!(previous, b'e' | b'E') && !hexadecimal;
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || sign_of_exponent) {
                break;
            }
            previous = byte;
            self.at += 1;
        }
        Kind::Number
    }

    fn string(&mut self, quote: u8) -> Result<Kind, SchemaError> {
        let open = self.at;
        self.at += 1;
        loop {
            match self.byte(0) {
                None | Some(b'\n') => {
                    return Err(
                        self.error(open, "a string is opened here and not closed on its line")
                    );
                }
                Some(b'\\') if self.byte(1).is_some() => self.at += 2,
                Some(byte) => {
                    self.at += 1;
                    if byte == quote {
                        return Ok(Kind::Text);
                    }
                }
            }
        }
    }

    fn error(&self, offset: usize, what: &str) -> SchemaError {
        SchemaError(format!("{}: {what}", place(self.text, offset)))
    }
}
