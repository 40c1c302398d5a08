//! Prints a tree in the protocol's canonical form: syntax, package, imports, options, messages before enums, extends,
//! services, and inside a message reserved, options, fields, oneofs, groups, extensions, extends, nested types. Two
//! blanks a level, no comments, a blank line between the kinds of statements of a message but not between messages.
//!
//! The text is what identity is computed from, so every blank counts and none may change.

use std::fmt::Write as _;

use super::tree::{
    Body, Enum, Extend, Extensions, Field, FieldType, File, Group, ImportKind, Oneof, Range,
    RangeEnd, Reserved, Rpc, Service, Setting, Stream, Syntax, Value,
};

/// The greatest number a field can have; a range up to it is a range to the end.
pub(super) const LAST_NUMBER: i64 = 536_870_911;

/// Prints a file.
pub(super) fn print(file: &File) -> String {
    let mut print = Print::default();
    print.file(file);
    print.out
}

#[derive(Default)]
struct Print {
    out: String,
    indent: usize,
}

impl Print {
    fn file(&mut self, file: &File) {
        match file.syntax {
            Some(Syntax::Proto2) => self.out += "syntax = \"proto2\";\n",
            Some(Syntax::Proto3) => self.out += "syntax = \"proto3\";\n",
            None => {}
        }
        if let Some(package) = &file.package {
            self.line(&format!("package {package};"));
        }
        self.imports(file);
        self.section(&file.options, Self::option);
        let types = !file.messages.is_empty() || !file.enums.is_empty();
        if types {
            self.out.push('\n');
        }
        for message in &file.messages {
            self.body("message", &message.name, &message.body);
        }
        for one in &file.enums {
            self.enumeration(one);
        }
        self.section(&file.extends, Self::extend);
        self.section(&file.services, Self::service);
    }

    fn imports(&mut self, file: &File) {
        if !file.imports.is_empty() {
            self.out.push('\n');
        }
        for (kind, word) in [
            (ImportKind::Plain, ""),
            (ImportKind::Public, "public "),
            (ImportKind::Weak, "weak "),
        ] {
            for import in file.imports.iter().filter(|import| import.kind == kind) {
                let path = quoted(import.path.as_bytes());
                self.line(&format!("import {word}{path};"));
            }
        }
    }

    /// A line break, then each item: the break ends the line of an opening brace, or leaves a blank line.
    fn section<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        if !items.is_empty() {
            self.out.push('\n');
        }
        for item in items {
            print(self, item);
        }
    }

    fn begin(&mut self) {
        for _ in 0..self.indent {
            self.out += "  ";
        }
    }

    fn line(&mut self, text: &str) {
        self.begin();
        self.out += text;
        self.out.push('\n');
    }

    /// `head {`, the inside one level deeper, and `}`.
    fn braces(&mut self, head: &str, inside: impl FnOnce(&mut Self)) {
        self.begin();
        self.out += head;
        self.out += " {";
        let opened = self.out.len();
        self.indent += 1;
        inside(self);
        self.indent -= 1;
        if self.out.len() > opened {
            self.begin();
        }
        self.out += "}\n";
    }

    fn body(&mut self, keyword: &str, name: &str, body: &Body) {
        self.braces(&format!("{keyword} {name}"), |print| print.inside(body));
    }

    fn inside(&mut self, body: &Body) {
        // In a message set numbers go beyond the last number of a field, so there it is not the end.
        let message_set = body.options.iter().any(|option| {
            option.plain_name() == Some("message_set_wire_format")
                && matches!(&option.value, Value::Word(word) if word == "true")
        });
        let last = if message_set { i64::MAX } else { LAST_NUMBER };
        self.section(&body.reserved, |print, items| print.reserved(items, last));
        self.section(&body.options, Self::option);
        self.section(&body.fields, Self::field);
        self.section(&body.oneofs, Self::oneof);
        self.section(&body.groups, Self::group);
        self.section(&body.extensions, |print, one| print.extensions(one, last));
        self.section(&body.extends, Self::extend);
        if !body.messages.is_empty() || !body.enums.is_empty() {
            self.out.push('\n');
        }
        for message in &body.messages {
            self.body("message", &message.name, &message.body);
        }
        for one in &body.enums {
            self.enumeration(one);
        }
    }

    fn reserved(&mut self, items: &[Reserved], last: i64) {
        let items: Vec<String> = items
            .iter()
            .map(|item| match item {
                Reserved::Range(range) => range_text(*range, last),
                Reserved::Name(name) => quoted(name.as_bytes()),
            })
            .collect();
        self.line(&format!("reserved {};", items.join(", ")));
    }

    fn extensions(&mut self, extensions: &Extensions, last: i64) {
        let ranges: Vec<String> = extensions
            .ranges
            .iter()
            .map(|range| range_text(*range, last))
            .collect();
        self.begin();
        let _ = write!(self.out, "extensions {}", ranges.join(", "));
        self.option_list(&extensions.options.iter().collect::<Vec<_>>());
        self.out += ";\n";
    }

    fn field(&mut self, field: &Field) {
        self.begin();
        if let Some(label) = field.label {
            let _ = write!(self.out, "{} ", label.keyword());
        }
        let type_ = match &field.type_ {
            FieldType::Plain(name) => name.clone(),
            FieldType::Map { key, value } => format!("map<{key}, {value}>"),
        };
        let _ = write!(self.out, "{type_} {} = {}", field.name, field.number);
        self.option_list(&ordered(&field.options));
        self.out += ";\n";
    }

    fn group(&mut self, group: &Group) {
        self.begin();
        if let Some(label) = group.label {
            let _ = write!(self.out, "{} ", label.keyword());
        }
        let _ = write!(self.out, "group {} = {}", group.name, group.number);
        self.option_list(&ordered(&group.options));
        self.out += " {";
        let opened = self.out.len();
        self.indent += 1;
        self.inside(&group.body);
        self.indent -= 1;
        if self.out.len() > opened {
            self.begin();
        }
        self.out += "}\n";
    }

    fn oneof(&mut self, oneof: &Oneof) {
        self.braces(&format!("oneof {}", oneof.name), |print| {
            print.section(&oneof.options, Self::option);
            print.section(&oneof.fields, Self::field);
            print.section(&oneof.groups, Self::group);
        });
    }

    fn extend(&mut self, extend: &Extend) {
        self.braces(&format!("extend {}", extend.extendee), |print| {
            print.section(&extend.fields, Self::field);
            print.section(&extend.groups, Self::group);
        });
    }

    /// The statements of an enum follow each other without blank lines.
    fn enumeration(&mut self, one: &Enum) {
        self.braces(&format!("enum {}", one.name), |print| {
            if !one.reserved.is_empty() || !one.options.is_empty() || !one.values.is_empty() {
                print.out.push('\n');
            }
            for items in &one.reserved {
                print.reserved(items, i64::MAX);
            }
            for option in &one.options {
                print.option(option);
            }
            for value in &one.values {
                print.begin();
                let _ = write!(print.out, "{} = {}", value.name, value.number);
                print.option_list(&value.options.iter().collect::<Vec<_>>());
                print.out += ";\n";
            }
        });
    }

    fn service(&mut self, service: &Service) {
        self.braces(&format!("service {}", service.name), |print| {
            print.section(&service.options, Self::option);
            print.section(&service.rpcs, Self::rpc);
        });
    }

    fn rpc(&mut self, rpc: &Rpc) {
        let stream = |side: &Stream| {
            let word = if side.streaming { "stream " } else { "" };
            format!("{word}{}", side.type_)
        };
        let (input, output) = (stream(&rpc.input), stream(&rpc.output));
        self.begin();
        let _ = write!(self.out, "rpc {} ({input}) returns ({output})", rpc.name);
        if !rpc.options.is_empty() {
            self.out += " {\n";
            self.indent += 1;
            for option in &rpc.options {
                self.option(option);
            }
            self.indent -= 1;
            self.begin();
            self.out.push('}');
        }
        self.out += ";\n";
    }
}

/// Options and their values.
impl Print {
    fn option(&mut self, option: &Setting) {
        self.begin();
        self.out += "option ";
        self.setting(option);
        self.out += ";\n";
    }

    /// ` [a = 1]`, or one to a line if there are several.
    fn option_list(&mut self, options: &[&Setting]) {
        match options {
            [] => {}
            [one] => {
                self.out += " [";
                self.setting(one);
                self.out.push(']');
            }
            several => {
                self.out += " [\n";
                self.lines(several, |print, one| print.setting(one));
                self.out.push(']');
            }
        }
    }

    /// Items one to a line and one level deeper, with commas between; then the indent of what closes them.
    fn lines<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.indent += 1;
        for (position, item) in items.iter().enumerate() {
            self.begin();
            print(self, item);
            self.out += if position + 1 < items.len() {
                ",\n"
            } else {
                "\n"
            };
        }
        self.indent -= 1;
        self.begin();
    }

    fn setting(&mut self, setting: &Setting) {
        for (position, part) in setting.name.iter().enumerate() {
            if position > 0 {
                self.out.push('.');
            }
            if part.extension {
                let _ = write!(self.out, "({})", part.text);
            } else {
                self.out += &part.text;
            }
        }
        self.out += " = ";
        self.value(&setting.value);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Word(word) => self.out += word,
            Value::Text(bytes) => self.out += &quoted(bytes),
            Value::Map(entries) => {
                self.out += "{\n";
                self.lines(entries, |print, (key, value)| {
                    let _ = write!(print.out, "{key}: ");
                    print.value(value);
                });
                self.out.push('}');
            }
            Value::List(values) => {
                self.out += "[\n";
                self.lines(values, Self::value);
                self.out.push(']');
            }
        }
    }
}

/// A field's options as written, and then the two that are none by the descriptor: the default and the JSON name.
fn ordered(options: &[Setting]) -> Vec<&Setting> {
    let named = |name: &'static str| {
        options
            .iter()
            .filter(move |option| option.plain_name() == Some(name))
    };
    let special = |option: &&Setting| matches!(option.plain_name(), Some("default" | "json_name"));
    options
        .iter()
        .filter(|option| !special(option))
        .chain(named("default"))
        .chain(named("json_name"))
        .collect()
}

fn range_text(range: Range, last: i64) -> String {
    let start = range.start;
    match range.end {
        RangeEnd::Start => start.to_string(),
        RangeEnd::At(end) if end < last => format!("{start} to {end}"),
        RangeEnd::At(_) | RangeEnd::Max => format!("{start} to max"),
    }
}

/// A string literal. Characters stay as they are except quotes, backslashes and control characters; bytes that are no
/// UTF-8 become octal escapes, of three digits so that a digit may follow.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let escape = match character {
                '\u{7}' => 'a',
                '\u{8}' => 'b',
                '\u{c}' => 'f',
                '\n' => 'n',
                '\r' => 'r',
                '\t' => 't',
                '\u{b}' => 'v',
                '\\' | '\'' | '"' => character,
                '\0'..='\u{1f}' | '\u{7f}' => {
                    let _ = write!(out, "\\{:03o}", u32::from(character));
                    continue;
                }
                _ => {
                    out.push(character);
                    continue;
                }
            };
            out.push('\\');
            out.push(escape);
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\{byte:03o}");
        }
    }
    out.push('"');
    out
}
