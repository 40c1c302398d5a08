//! What a reader cannot read, and where in the value, in words.

use super::{Cause, FAILURES, Pair, Part, Resolver};
use crate::avro::{finding::What, tree::Kind};

/// How much of a name is printed.
const NAME_LIMIT: usize = 200;

impl Resolver<'_> {
    /// Notes a failure. `symbol` is the one that the writer wrote, where it is about one.
    pub(super) fn fail(&mut self, pair: Pair, cause: Cause, symbol: Option<&str>) {
        if self.is_wanted(pair, cause) && self.failures.len() < FAILURES {
            let sentence = self.place() + &self.words(pair, cause, symbol);
            self.failures.push(sentence);
        }
    }

    fn is_wanted(&self, pair: Pair, cause: Cause) -> bool {
        match (self.wanted, cause) {
            (None, _) => true,
            (Some(_), Cause::BadDefault(_)) => false,
            (Some(wanted), Cause::Clash(what)) => match wanted.what {
                Some(wanted_what) => pair == wanted.pair && what == wanted_what,
                None => self.wanted_open > 0,
            },
        }
    }

    /// The place in the writer's value as a JSON pointer; nothing for the whole value.
    fn place(&self) -> String {
        if self.path.is_empty() {
            return String::new();
        }
        let mut place = "at ".to_owned();
        for part in &self.path {
            place.push('/');
            match part {
                Part::Name(name) => {
                    place.push_str(&shortened(name).replace('~', "~0").replace('/', "~1"));
                }
                Part::Index(index) => place.push_str(&index.to_string()),
            }
        }
        place + ", "
    }

    fn words(&self, (reader, writer): Pair, cause: Cause, symbol: Option<&str>) -> String {
        let (one, other) = (self.reader.kind(reader), self.writer.kind(writer));
        let field = |index: u32| match one {
            Kind::Record(record) => shortened(&record.fields[index as usize].name),
            _ => "",
        };
        match cause {
            Cause::Clash(What::Name) => format!(
                "the {} was written as \"{}\", and the reader knows it only as \"{}\"",
                other.type_name(),
                shortened(other.full_name()),
                shortened(one.full_name())
            ),
            Cause::Clash(What::Size) => {
                format!(
                    "{} were written, and the reader wants {}",
                    size(other),
                    size(one)
                )
            }
            Cause::Clash(What::Symbols) => format!(
                "the symbol \"{}\" was written, which the reader's enum lacks",
                shortened(symbol.unwrap_or_default())
            ),
            Cause::Clash(What::NoDefault(index)) => format!(
                "nothing was written for the reader's field \"{}\", and it has no default",
                field(index)
            ),
            Cause::Clash(What::Ambiguous(index)) => format!(
                "several written fields match the reader's field \"{}\" through its name and aliases",
                field(index)
            ),
            Cause::Clash(What::Type) => {
                format!(
                    "{} was written, and the reader wants {}",
                    a_type(other),
                    a_type(one)
                )
            }
            Cause::Clash(What::NoBranch | What::NoBranchFor(_)) => format!(
                "{} was written, and the reader's union has no branch for it",
                a_type(other)
            ),
            Cause::BadDefault(index) => format!(
                "nothing was written for the reader's field \"{}\", and its default is no value of its type",
                field(index)
            ),
        }
    }
}

fn size(kind: &Kind) -> String {
    match kind {
        Kind::Fixed(fixed) => format!("{} bytes", fixed.size),
        _ => String::new(),
    }
}

/// The type with its article, and its name where it has one.
fn a_type(kind: &Kind) -> String {
    let name = kind.type_name();
    let article = match name {
        "null" | "bytes" => "",
        "int" | "array" | "enum" => "an ",
        _ => "a ",
    };
    match kind.named() {
        Some(named) => format!("{article}{name} \"{}\"", shortened(named.name.full())),
        None => format!("{article}{name}"),
    }
}

fn shortened(name: &str) -> &str {
    name.char_indices()
        .nth(NAME_LIMIT)
        .map_or(name, |(end, _)| &name[..end])
}
