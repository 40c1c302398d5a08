//! Reads options: their names, and values in the text format, where a message is kept as a map whose repeated keys are
//! gathered into lists.

use std::collections::HashMap;

use super::{
    read::{Read, Reader},
    tokens::Kind,
    tree::{NamePart, Setting, Value},
};

impl Reader<'_> {
    /// `[a = 1, (b).c = 2]`, or nothing.
    pub(super) fn setting_list(&mut self) -> Read<Vec<Setting>> {
        let mut settings = Vec::new();
        if !self.eat(b'[') {
            return Ok(settings);
        }
        loop {
            settings.push(self.setting()?);
            if !self.eat(b',') {
                break;
            }
        }
        self.require(b']')?;
        Ok(settings)
    }

    /// `(a.b).c = value`.
    pub(super) fn setting(&mut self) -> Read<Setting> {
        let mut name = vec![self.name_part()?];
        while self.eat(b'.') {
            name.push(self.name_part()?);
        }
        self.require(b'=')?;
        let value = self.value()?;
        Ok(Setting { name, value })
    }

    fn name_part(&mut self) -> Read<NamePart> {
        let extension = self.eat(b'(');
        let text = if extension {
            self.name()?
        } else {
            self.word()?
        };
        if extension {
            self.require(b')')?;
        }
        Ok(NamePart { text, extension })
    }

    fn value(&mut self) -> Read<Value> {
        if self.eat(b'{') {
            return self.map(b'}');
        }
        if self.eat(b'<') {
            return self.map(b'>');
        }
        if self.eat(b'[') {
            return self.list();
        }
        match self.peek().kind {
            Kind::Text => self.text_literal().map(Value::Text),
            Kind::Symbol(b'-') => {
                self.next();
                Ok(Value::Word(format!("-{}", self.scalar_word()?)))
            }
            Kind::Symbol(b'+') => {
                self.next();
                self.scalar_word().map(Value::Word)
            }
            _ => self.scalar_word().map(Value::Word),
        }
    }

    fn scalar_word(&mut self) -> Read<String> {
        match self.peek().kind {
            Kind::Word | Kind::Number => Ok(self.next().text.to_owned()),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn map(&mut self, close: u8) -> Read<Value> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        let mut positions: HashMap<String, usize> = HashMap::new();
        while !self.eat(close) {
            let key = self.key()?;
            self.eat(b':');
            let value = self.value()?;
            if let Some(&position) = positions.get(&key) {
                gather(&mut entries[position].1, value);
            } else {
                positions.insert(key.clone(), entries.len());
                entries.push((key, value));
            }
            if !self.eat(b',') {
                self.eat(b';');
            }
        }
        Ok(Value::Map(entries))
    }

    /// A field's name, or `[an.extension]`, or `[host/a.Type]` inside an Any.
    fn key(&mut self) -> Read<String> {
        if !self.eat(b'[') {
            return self.word();
        }
        let mut key = String::from("[");
        while !self.eat(b']') {
            if self.peek().kind == Kind::End {
                return Err(self.unexpected("\"]\""));
            }
            key += self.next().text;
        }
        key.push(']');
        Ok(key)
    }

    fn list(&mut self) -> Read<Value> {
        let mut values = Vec::new();
        while !self.eat(b']') {
            values.push(self.value()?);
            if !self.eat(b',') && self.peek().kind != Kind::Symbol(b']') {
                return Err(self.unexpected("\",\" or \"]\""));
            }
        }
        Ok(Value::List(values))
    }

    /// One or more adjacent string literals, decoded and joined.
    pub(super) fn text_literal(&mut self) -> Read<Vec<u8>> {
        if self.peek().kind != Kind::Text {
            return Err(self.unexpected("a string"));
        }
        let mut bytes = Vec::new();
        while self.peek().kind == Kind::Text {
            let literal = self.next().text;
            decode(&literal[1..literal.len() - 1], &mut bytes);
        }
        Ok(bytes)
    }
}

/// Adds a value to those that a key has already.
fn gather(previous: &mut Value, value: Value) {
    let mut list = match std::mem::replace(previous, Value::List(Vec::new())) {
        Value::List(list) => list,
        single => vec![single],
    };
    match value {
        Value::List(more) => list.extend(more),
        single => list.push(single),
    }
    *previous = Value::List(list);
}

/// Appends what the inside of a literal stands for. The escapes are those of C, with `\u` and `\U`.
pub(super) fn decode(literal: &str, bytes: &mut Vec<u8>) {
    let mut rest = literal.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' {
            bytes.push(first);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else {
            return;
        };
        rest = after;
        match escape {
            b'a' => bytes.push(0x07),
            b'b' => bytes.push(0x08),
            b'f' => bytes.push(0x0c),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(0x0b),
            b'x' | b'X' => bytes.push(low_byte(digits(&mut rest, 16, 2))),
            b'u' | b'U' => {
                let width = if escape == b'u' { 4 } else { 8 };
                let character = char::from_u32(digits(&mut rest, 16, width)).unwrap_or('\u{fffd}');
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            b'0'..=b'7' => {
                let first = u32::from(escape - b'0');
                let before = rest.len();
                let more = digits(&mut rest, 8, 2);
                let shift = 3 * (before - rest.len());
                bytes.push(low_byte((first << shift) | more));
            }
            other => bytes.push(other),
        }
    }
}

fn low_byte(value: u32) -> u8 {
    value.to_le_bytes()[0]
}

/// Takes up to `most` digits.
fn digits(rest: &mut &[u8], radix: u32, most: usize) -> u32 {
    let mut value = 0_u32;
    for _ in 0..most {
        let Some((&first, after)) = rest.split_first() else {
            break;
        };
        let Some(digit) = char::from(first).to_digit(radix) else {
            break;
        };
        value = value.wrapping_mul(radix) | digit;
        *rest = after;
    }
    value
}
