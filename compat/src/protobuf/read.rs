//! Tokens to tree. The text has been accepted by protox's own parser before, so what is unexpected here is a form that
//! the two read differently; it is refused rather than guessed at.
//!
//! A new statement of the language is a line in [`Reader::file`] or [`Reader::body_statement`].

use super::{
    tokens::{Kind, Token, place, tokens},
    tree::{
        Body, Enum, EnumValue, Extend, Extensions, Field, FieldType, File, Group, Import,
        ImportKind, Label, Message, Oneof, Range, RangeEnd, Reserved, Rpc, Service, Setting,
        Stream, Syntax,
    },
};
use crate::SchemaError;

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<File, SchemaError> {
    let mut reader = Reader {
        text,
        tokens: tokens(text)?,
        at: 0,
    };
    reader.file()
}

pub(super) struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

pub(super) type Read<T> = Result<T, SchemaError>;

/// The movements every statement is read with.
impl<'a> Reader<'a> {
    pub(super) fn peek_at(&self, ahead: usize) -> Token<'a> {
        let end = Token {
            kind: Kind::End,
            text: "the end of the text",
            offset: self.text.len(),
        };
        self.tokens.get(self.at + ahead).copied().unwrap_or(end)
    }

    pub(super) fn peek(&self) -> Token<'a> {
        self.peek_at(0)
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.at += 1;
        token
    }

    pub(super) fn eat(&mut self, symbol: u8) -> bool {
        let found = self.peek().kind == Kind::Symbol(symbol);
        self.at += usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek().kind == Kind::Word && self.peek().text == word;
        self.at += usize::from(found);
        found
    }

    pub(super) fn require(&mut self, symbol: u8) -> Read<()> {
        if self.eat(symbol) {
            return Ok(());
        }
        Err(self.unexpected(&format!("\"{}\"", char::from(symbol))))
    }

    pub(super) fn word(&mut self) -> Read<String> {
        if self.peek().kind != Kind::Word {
            return Err(self.unexpected("a name"));
        }
        Ok(self.next().text.to_owned())
    }

    /// A dotted name, with a leading dot if there is one.
    pub(super) fn name(&mut self) -> Read<String> {
        let mut name = String::new();
        if self.eat(b'.') {
            name.push('.');
        }
        name += &self.word()?;
        while self.eat(b'.') {
            name.push('.');
            name += &self.word()?;
        }
        Ok(name)
    }

    fn integer(&mut self) -> Read<i64> {
        let negative = self.eat(b'-');
        let token = self.peek();
        let digits = token.text;
        let value = if let Some(hexadecimal) = digits
            .strip_prefix("0x")
            .or_else(|| digits.strip_prefix("0X"))
        {
            i64::from_str_radix(hexadecimal, 16)
        } else if digits.len() > 1 && digits.starts_with('0') {
            i64::from_str_radix(digits, 8)
        } else {
            digits.parse()
        };
        match value {
            Ok(value) if token.kind == Kind::Number => {
                self.at += 1;
                Ok(if negative { -value } else { value })
            }
            _ => Err(self.unexpected("an integer")),
        }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> SchemaError {
        let token = self.peek();
        SchemaError(format!(
            "{}: expected {wanted}, found {}",
            place(self.text, token.offset),
            token.text
        ))
    }

    /// Runs `statement` until the closing brace, which it takes; lone semicolons are skipped.
    fn braces(&mut self, mut statement: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.require(b'{')?;
        while !self.eat(b'}') {
            if !self.eat(b';') {
                statement(self)?;
            }
        }
        Ok(())
    }
}

/// Statements.
impl Reader<'_> {
    fn file(&mut self) -> Read<File> {
        let mut file = File::default();
        while self.peek().kind != Kind::End {
            if self.eat(b';') {
                continue;
            }
            match self.peek().text {
                "syntax" => file.syntax = Some(self.syntax()?),
                "package" => file.package = Some(self.package()?),
                "import" => file.imports.push(self.import()?),
                "option" => file.options.push(self.option()?),
                "message" => file.messages.push(self.message()?),
                "enum" => file.enums.push(self.enumeration()?),
                "extend" => file.extends.push(self.extend()?),
                "service" => file.services.push(self.service()?),
                _ => return Err(self.unexpected("a statement of a file")),
            }
        }
        Ok(file)
    }

    fn syntax(&mut self) -> Read<Syntax> {
        self.next();
        self.require(b'=')?;
        let written = self.text_literal()?;
        self.require(b';')?;
        match written.as_slice() {
            b"proto2" => Ok(Syntax::Proto2),
            b"proto3" => Ok(Syntax::Proto3),
            _ => Err(self.unexpected("syntax proto2 or proto3")),
        }
    }

    fn package(&mut self) -> Read<String> {
        self.next();
        let name = self.name()?;
        self.require(b';')?;
        Ok(name)
    }

    fn import(&mut self) -> Read<Import> {
        self.next();
        let kind = if self.eat_word("public") {
            ImportKind::Public
        } else if self.eat_word("weak") {
            ImportKind::Weak
        } else {
            ImportKind::Plain
        };
        let path = self.text_literal()?;
        self.require(b';')?;
        let path = String::from_utf8(path).map_err(|_| self.unexpected("an import in UTF-8"))?;
        Ok(Import { kind, path })
    }

    fn option(&mut self) -> Read<Setting> {
        self.next();
        let setting = self.setting()?;
        self.require(b';')?;
        Ok(setting)
    }

    fn message(&mut self) -> Read<Message> {
        self.next();
        Ok(Message {
            name: self.word()?,
            body: self.body()?,
        })
    }

    fn body(&mut self) -> Read<Body> {
        let mut body = Body::default();
        self.braces(|reader| reader.body_statement(&mut body))?;
        Ok(body)
    }

    fn body_statement(&mut self, body: &mut Body) -> Read<()> {
        match self.peek().text {
            "message" => body.messages.push(self.message()?),
            "enum" => body.enums.push(self.enumeration()?),
            "extend" => body.extends.push(self.extend()?),
            "extensions" => body.extensions.push(self.extensions()?),
            "reserved" => body.reserved.push(self.reserved()?),
            "option" => body.options.push(self.option()?),
            "oneof" => body.oneofs.push(self.oneof()?),
            _ => match self.field_or_group()? {
                Member::Field(field) => body.fields.push(field),
                Member::Group(group) => body.groups.push(group),
            },
        }
        Ok(())
    }

    fn field_or_group(&mut self) -> Read<Member> {
        let label = if self.eat_word("optional") {
            Some(Label::Optional)
        } else if self.eat_word("required") {
            Some(Label::Required)
        } else if self.eat_word("repeated") {
            Some(Label::Repeated)
        } else {
            None
        };
        if self.eat_word("group") {
            return self.group(label).map(Member::Group);
        }
        let type_ = self.field_type()?;
        let name = self.word()?;
        self.require(b'=')?;
        let number = self.integer()?;
        let options = self.setting_list()?;
        self.require(b';')?;
        Ok(Member::Field(Field {
            label,
            type_,
            name,
            number,
            options,
        }))
    }

    fn field_type(&mut self) -> Read<FieldType> {
        let map = self.peek().text == "map" && self.peek_at(1).kind == Kind::Symbol(b'<');
        if !map {
            return self.name().map(FieldType::Plain);
        }
        self.next();
        self.require(b'<')?;
        let key = self.name()?;
        self.require(b',')?;
        let value = self.name()?;
        self.require(b'>')?;
        Ok(FieldType::Map { key, value })
    }

    fn group(&mut self, label: Option<Label>) -> Read<Group> {
        let name = self.word()?;
        self.require(b'=')?;
        Ok(Group {
            label,
            name,
            number: self.integer()?,
            options: self.setting_list()?,
            body: self.body()?,
        })
    }

    fn oneof(&mut self) -> Read<Oneof> {
        self.next();
        let mut oneof = Oneof {
            name: self.word()?,
            ..Oneof::default()
        };
        self.braces(|reader| {
            if reader.peek().text == "option" {
                oneof.options.push(reader.option()?);
                return Ok(());
            }
            match reader.field_or_group()? {
                Member::Field(field) => oneof.fields.push(field),
                Member::Group(group) => oneof.groups.push(group),
            }
            Ok(())
        })?;
        Ok(oneof)
    }

    fn extend(&mut self) -> Read<Extend> {
        self.next();
        let mut extend = Extend {
            extendee: self.name()?,
            ..Extend::default()
        };
        self.braces(|reader| {
            match reader.field_or_group()? {
                Member::Field(field) => extend.fields.push(field),
                Member::Group(group) => extend.groups.push(group),
            }
            Ok(())
        })?;
        Ok(extend)
    }

    fn extensions(&mut self) -> Read<Extensions> {
        self.next();
        let mut ranges = vec![self.range()?];
        while self.eat(b',') {
            ranges.push(self.range()?);
        }
        let options = self.setting_list()?;
        self.require(b';')?;
        Ok(Extensions { ranges, options })
    }

    fn reserved(&mut self) -> Read<Vec<Reserved>> {
        self.next();
        let mut items = vec![self.reserved_item()?];
        while self.eat(b',') {
            items.push(self.reserved_item()?);
        }
        self.require(b';')?;
        Ok(items)
    }

    fn reserved_item(&mut self) -> Read<Reserved> {
        if self.peek().kind != Kind::Text {
            return self.range().map(Reserved::Range);
        }
        let name = self.text_literal()?;
        String::from_utf8(name)
            .map(Reserved::Name)
            .map_err(|_| self.unexpected("a reserved name in UTF-8"))
    }

    fn range(&mut self) -> Read<Range> {
        let start = self.integer()?;
        let end = if !self.eat_word("to") {
            RangeEnd::Start
        } else if self.eat_word("max") {
            RangeEnd::Max
        } else {
            RangeEnd::At(self.integer()?)
        };
        Ok(Range { start, end })
    }

    fn enumeration(&mut self) -> Read<Enum> {
        self.next();
        let mut found = Enum {
            name: self.word()?,
            ..Enum::default()
        };
        self.braces(|reader| {
            match reader.peek().text {
                "option" => found.options.push(reader.option()?),
                "reserved" => found.reserved.push(reader.reserved()?),
                _ => found.values.push(reader.enum_value()?),
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn enum_value(&mut self) -> Read<EnumValue> {
        let name = self.word()?;
        self.require(b'=')?;
        let number = self.integer()?;
        let options = self.setting_list()?;
        self.require(b';')?;
        Ok(EnumValue {
            name,
            number,
            options,
        })
    }

    fn service(&mut self) -> Read<Service> {
        self.next();
        let mut service = Service {
            name: self.word()?,
            ..Service::default()
        };
        self.braces(|reader| {
            match reader.peek().text {
                "option" => service.options.push(reader.option()?),
                _ => service.rpcs.push(reader.rpc()?),
            }
            Ok(())
        })?;
        Ok(service)
    }

    fn rpc(&mut self) -> Read<Rpc> {
        if !self.eat_word("rpc") {
            return Err(self.unexpected("an rpc"));
        }
        let name = self.word()?;
        let input = self.stream()?;
        if !self.eat_word("returns") {
            return Err(self.unexpected("\"returns\""));
        }
        let output = self.stream()?;
        let mut options = Vec::new();
        if self.peek().kind == Kind::Symbol(b'{') {
            self.braces(|reader| {
                options.push(reader.option()?);
                Ok(())
            })?;
        } else {
            self.require(b';')?;
        }
        Ok(Rpc {
            name,
            input,
            output,
            options,
        })
    }

    fn stream(&mut self) -> Read<Stream> {
        self.require(b'(')?;
        // Always the keyword: a message of that name needs a leading dot here.
        let streaming = self.eat_word("stream");
        let type_ = self.name()?;
        self.require(b')')?;
        Ok(Stream { type_, streaming })
    }
}

enum Member {
    Field(Field),
    Group(Group),
}
