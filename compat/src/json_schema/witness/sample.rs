//! Wishes for documents: which members are there, how many items, which of several values. [`Maker`] makes documents of
//! them, and drops nothing of what the schema asks for.

use serde_json::{Map, Value};

use super::{
    maker::{Item, Maker, Shape, Step, Type},
    numbers,
};
use crate::{json_schema::JsonSchema, sample::Random};

/// How deep wishes go; below, documents are as small as can be.
const DEEPEST: usize = 8;

/// Places that have wishes.
const PLACES: u32 = 300;

/// Steps for one document.
const STEPS: u32 = 50_000;

/// Draws a document; nothing where the wishes cannot be fulfilled. Without wishes it is the smallest one.
pub(crate) fn draw(
    schema: &JsonSchema,
    random: &mut Random,
    without_wishes: bool,
) -> Option<Value> {
    let bundle = schema.bundle()?;
    let root = Item::root(bundle);
    let mut maker = Maker::new(std::collections::HashSet::new());
    maker.refill(STEPS);
    let mut wishes = Wishes {
        random,
        left: PLACES,
    };
    let shape = if without_wishes {
        Shape::default()
    } else {
        wishes.of(root, 0)
    };
    let document = maker.make(&[root], &shape, 0)?;
    (maker.is_cheap(&document, bundle) && bundle.accepts(&document)).then_some(document)
}

struct Wishes<'a> {
    random: &'a mut Random,
    left: u32,
}

impl Wishes<'_> {
    fn of<'b>(&mut self, item: Item<'b>, depth: usize) -> Shape<'b> {
        if depth > DEEPEST || self.left == 0 {
            return Shape::default();
        }
        self.left -= 1;
        let applied = applied(item, self.random);
        let said = |keyword: &str| applied.iter().find_map(|one| one.keywords()?.get(keyword));
        if let Some(values) = said("enum")
            .and_then(Value::as_array)
            .filter(|all| !all.is_empty())
        {
            return Shape::exactly(values[self.random.index(values.len())].clone());
        }
        if said("const").is_some() {
            return Shape::default();
        }
        match self.type_of(said("type"), &applied) {
            Some("object") => self.object(&applied, depth),
            Some("array") => self.array(&applied, depth),
            Some("string") => self.string(&said),
            Some("integer") => self.number(&said, true),
            Some("number") => self.number(&said, false),
            Some("boolean") => Shape::exactly(Value::Bool(self.random.percent(50))),
            Some("null") => Shape::exactly(Value::Null),
            _ => Shape::default(),
        }
    }

    /// One of the types that are allowed; told by the keywords where none is named.
    fn type_of<'b>(&mut self, said: Option<&'b Value>, applied: &[Item<'b>]) -> Option<&'b str> {
        match said {
            Some(Value::String(name)) => Some(name),
            Some(Value::Array(names)) if !names.is_empty() => {
                names[self.random.index(names.len())].as_str()
            }
            _ => {
                let has = |keyword: &str| {
                    let mut keywords = applied.iter().filter_map(|item| item.keywords());
                    keywords.any(|keywords| keywords.contains_key(keyword))
                };
                let of = [
                    ("properties", "object"),
                    ("required", "object"),
                    ("items", "array"),
                ];
                of.into_iter()
                    .find(|(keyword, _)| has(keyword))
                    .map(|(_, name)| name)
            }
        }
    }

    /// Most of the members it knows.
    fn object<'b>(&mut self, applied: &[Item<'b>], depth: usize) -> Shape<'b> {
        let mut shape = Shape::of(Type::Object);
        for item in applied {
            let properties = item.keywords().and_then(|all| all.get("properties"));
            for (name, schema) in properties.and_then(Value::as_object).into_iter().flatten() {
                let is_known = shape.present.contains(name);
                if is_known || schema == &Value::Bool(false) || !self.random.percent(85) {
                    continue;
                }
                shape.present.push(name.clone());
                let below = self.of(item.with(schema), depth + 1);
                shape.below.push((Step::Key(name.clone()), below));
            }
        }
        shape
    }

    fn array<'b>(&mut self, applied: &[Item<'b>], depth: usize) -> Shape<'b> {
        let mut shape = Shape::of(Type::Array);
        shape.length = self.random.index(4);
        for position in 0..shape.length {
            let schema = applied.iter().find_map(|item| item.item_schema(position));
            let Some(schema) = schema else { break };
            let below = self.of(schema, depth + 1);
            shape.below.push((Step::Index(position), below));
        }
        shape
    }

    /// Words, where nothing but a length is asked for.
    fn string<'b>(&mut self, said: &impl Fn(&str) -> Option<&'b Value>) -> Shape<'b> {
        let length = |keyword: &str| said(keyword).and_then(Value::as_u64);
        let text = match said("format").and_then(Value::as_str) {
            _ if said("pattern").is_some() => None,
            Some("uuid") => Some(self.random.uuid()),
            Some(_) => None,
            None => Some(self.random.words()),
        };
        let fits = |text: &String| {
            let count = text.chars().count() as u64;
            count >= length("minLength").unwrap_or(0)
                && count <= length("maxLength").unwrap_or(u64::MAX)
        };
        match text.filter(fits) {
            Some(text) => Shape::exactly(Value::String(text)),
            None => self.variant(Type::String),
        }
    }

    /// A number between the limits, where they say something plain.
    fn number<'b>(&mut self, said: &impl Fn(&str) -> Option<&'b Value>, whole: bool) -> Shape<'b> {
        let limit = |keyword: &str| said(keyword).and_then(Value::as_f64);
        let least = limit("minimum").or_else(|| limit("exclusiveMinimum").map(|least| least + 1.0));
        let most = limit("maximum").or_else(|| limit("exclusiveMaximum").map(|most| most - 1.0));
        let drawn = if whole {
            f64::from(u32::try_from(self.random.small()).unwrap_or_default())
        } else {
            self.random.amount()
        };
        let mut number = drawn + least.unwrap_or(0.0).ceil();
        if let Some(most) = most.filter(|most| number > *most) {
            let least = least.unwrap_or(most - 100.0).ceil();
            let room = (most - least).floor().max(0.0) + 1.0;
            number = least + drawn.floor() % room;
        }
        let is_plain = said("multipleOf").is_none();
        match numbers::json(number).filter(|_| is_plain) {
            Some(number) => Shape::exactly(number),
            None => self.variant(if whole { Type::Integer } else { Type::Fraction }),
        }
    }

    /// One of the first values that fit.
    fn variant<'b>(&mut self, of: Type) -> Shape<'b> {
        Shape {
            variant: self.random.index(4),
            ..Shape::of(of)
        }
    }
}

/// The schemas that apply at a place: where references lead, all members of `allOf`, and one of each `anyOf` and `oneOf`.
fn applied<'b>(item: Item<'b>, random: &mut Random) -> Vec<Item<'b>> {
    /// More are not looked at for wishes.
    const MOST: usize = 50;
    let mut found: Vec<Item<'b>> = Vec::new();
    let mut waiting = vec![item];
    while let Some(item) = waiting.pop() {
        let is_known = found.iter().any(|known| known.address() == item.address());
        let Some(keywords) = item.keywords().filter(|_| !is_known && found.len() < MOST) else {
            continue;
        };
        found.push(item);
        waiting.extend(item.target());
        let list = |keyword: &str| members(keywords, keyword);
        waiting.extend(list("allOf").iter().map(|member| item.with(member)));
        for keyword in ["anyOf", "oneOf"] {
            let members = list(keyword);
            if !members.is_empty() {
                waiting.push(item.with(&members[random.index(members.len())]));
            }
        }
    }
    found
}

fn members<'b>(keywords: &'b Map<String, Value>, keyword: &str) -> &'b [Value] {
    let list = keywords.get(keyword).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}
