//! Short strings, also such as match a pattern or have a format.

use serde_json::Value;

use super::maker::Applied;

/// Longer ones nobody looks at.
const LONGEST: usize = 20_000;

/// What patterns may or may not match.
pub(super) const PROBES: [&str; 12] = ["", "a", "A", "0", " ", "-", "_", ".", "~", "é", "aa", "a0"];

/// Strings that some schemas may accept together, of some length at least.
pub(super) fn texts(applied: &Applied<'_>, length: usize, variants: usize) -> Vec<Value> {
    let length = applied.largest("minLength").max(length);
    if length > LONGEST {
        return Vec::new();
    }
    let text = |keyword: &'static str| {
        let items = applied.items.iter();
        items.filter_map(move |(_, keywords)| keywords.get(keyword)?.as_str())
    };
    let mut texts = Vec::new();
    for pattern in text("pattern") {
        texts.extend(matching(pattern, length, variants + 4));
    }
    texts.extend(
        text("format")
            .flat_map(of_format)
            .map(|text| (*text).to_owned()),
    );
    let is_long = |text: &&str| text.chars().count() >= length;
    texts.extend(["a", "b", "A", "0", "-"].map(|text| text.repeat(length)));
    texts.extend((0..variants.min(50)).map(|more| "a".repeat(length + more + 1)));
    texts.extend(PROBES.into_iter().filter(is_long).map(str::to_owned));
    texts.into_iter().map(Value::String).collect()
}

/// Texts of a format.
fn of_format(format: &str) -> &'static [&'static str] {
    match format {
        "date-time" => &["2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"],
        "date" => &["2000-01-01", "2001-01-01"],
        "time" => &["00:00:00Z", "01:00:00Z"],
        "duration" => &["P1D", "P2D"],
        "email" | "idn-email" => &["a@b.c", "b@b.c"],
        "ipv4" => &["0.0.0.0", "0.0.0.1"],
        "ipv6" => &["::", "::1"],
        "uri" | "iri" => &["a:b", "a:c"],
        "uuid" => &[
            "00000000-0000-0000-0000-000000000000",
            "00000000-0000-0000-0000-000000000001",
        ],
        "json-pointer" => &["", "/a"],
        "relative-json-pointer" => &["0", "1"],
        "hostname" | "idn-hostname" | "regex" | "uri-reference" | "iri-reference"
        | "uri-template" => &["a", "b"],
        _ => &[],
    }
}

/// Texts that should match a pattern and are of some length at least; none where the pattern says more than is
/// understood here. They are checked later.
pub(super) fn matching(pattern: &str, length: usize, count: usize) -> Vec<String> {
    let Some(expression) = Parser::parse(pattern) else {
        return Vec::new();
    };
    let mut texts: Vec<String> = Vec::new();
    for variant in 0..count.clamp(1, 40) {
        let mut writer = Writer::new(variant, 0);
        writer.write(&expression);
        // First by repeating what may repeat, then by adding to the end, which only helps where that is open.
        if writer.text.chars().count() < length {
            let mut longer = Writer::new(variant, length);
            longer.write(&expression);
            writer.text = longer.text;
        }
        let missing = length.saturating_sub(writer.text.chars().count());
        writer.text.extend(std::iter::repeat_n('a', missing));
        if !texts.contains(&writer.text) {
            texts.push(writer.text);
        }
    }
    texts
}

/// A part of a pattern.
enum Part {
    /// One of these characters.
    OneOf(Vec<char>),
    /// One of these.
    Either(Vec<Vec<Part>>),
    Repeat(Box<Part>, usize, usize),
}

struct Parser<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
}

impl<'p> Parser<'p> {
    fn parse(pattern: &'p str) -> Option<Part> {
        let mut parser = Self {
            rest: pattern.chars().peekable(),
        };
        let part = parser.either(0)?;
        parser.rest.next().is_none().then_some(part)
    }

    fn either(&mut self, depth: usize) -> Option<Part> {
        const DEEPEST: usize = 20;
        if depth > DEEPEST {
            return None;
        }
        let mut branches = vec![Vec::new()];
        while let Some(&next) = self.rest.peek() {
            match next {
                ')' => break,
                '|' => {
                    self.rest.next();
                    branches.push(Vec::new());
                }
                '^' | '$' => {
                    self.rest.next();
                }
                _ => {
                    let part = self.repeated(depth)?;
                    branches.last_mut()?.push(part);
                }
            }
        }
        Some(Part::Either(branches))
    }

    fn repeated(&mut self, depth: usize) -> Option<Part> {
        let part = self.single(depth)?;
        let (least, most) = match self.rest.peek() {
            Some('?') => (0, 1),
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('{') => {
                self.rest.next();
                let mut limits = String::new();
                loop {
                    match self.rest.next()? {
                        '}' => break,
                        other => limits.push(other),
                    }
                }
                let (least, most) = limits.split_once(',').unwrap_or((&limits, &limits));
                let most = if most.is_empty() {
                    usize::MAX
                } else {
                    most.parse().ok()?
                };
                let part = Part::Repeat(Box::new(part), least.parse().ok()?, most);
                self.rest.next_if(|next| *next == '?');
                return Some(part);
            }
            _ => return Some(part),
        };
        self.rest.next();
        self.rest.next_if(|next| *next == '?');
        Some(Part::Repeat(Box::new(part), least, most))
    }

    fn single(&mut self, depth: usize) -> Option<Part> {
        match self.rest.next()? {
            '(' => {
                if self.rest.next_if(|next| *next == '?').is_some() {
                    self.rest.next_if(|next| *next == ':')?;
                }
                let part = self.either(depth + 1)?;
                self.rest.next_if(|next| *next == ')')?;
                Some(part)
            }
            '[' => self.class().map(Part::OneOf),
            '.' => Some(Part::OneOf(vec!['a', 'b', '0', '-'])),
            '\\' => self.escaped().map(Part::OneOf),
            '*' | '+' | '?' => None,
            other => Some(Part::OneOf(vec![other])),
        }
    }

    fn escaped(&mut self) -> Option<Vec<char>> {
        Some(match self.rest.next()? {
            'd' => ('0'..='9').collect(),
            'w' => ('a'..='z').chain('0'..='9').collect(),
            's' => vec![' ', '\t'],
            'D' => vec!['a', 'b', '-'],
            'W' => vec!['-', ' ', '.'],
            'S' => vec!['a', 'b', '0'],
            't' => vec!['\t'],
            'n' => vec!['\n'],
            'r' => vec!['\r'],
            letter if letter.is_ascii_alphanumeric() => return None,
            other => vec![other],
        })
    }

    fn class(&mut self) -> Option<Vec<char>> {
        let is_negated = self.rest.next_if(|next| *next == '^').is_some();
        let mut characters: Vec<char> = Vec::new();
        loop {
            match self.rest.next()? {
                ']' => break,
                '\\' => characters.extend(self.escaped()?),
                first => {
                    let mut ahead = self.rest.clone();
                    let last = match (ahead.next(), ahead.next()) {
                        (Some('-'), Some(last)) if last != ']' && last != '\\' => {
                            self.rest = ahead;
                            last
                        }
                        _ => first,
                    };
                    characters.extend((first..=last).take(100));
                }
            }
        }
        if is_negated {
            let others = ('a'..='z').chain('0'..='9').chain(" -_.~".chars());
            return Some(others.filter(|other| !characters.contains(other)).collect());
        }
        Some(characters)
    }
}

struct Writer {
    /// Which branches and characters are taken.
    variant: usize,
    /// How often what may repeat does so beyond what it must.
    more: usize,
    text: String,
    steps: usize,
}

impl Writer {
    fn new(variant: usize, more: usize) -> Self {
        Self {
            variant,
            more,
            text: String::new(),
            steps: 2 * LONGEST,
        }
    }

    fn write(&mut self, part: &Part) {
        self.steps = self.steps.saturating_sub(1);
        match part {
            Part::OneOf(characters) if self.steps > 0 => {
                let at = self.variant % characters.len().max(1);
                self.text.extend(characters.get(at));
            }
            Part::OneOf(_) => {}
            Part::Either(branches) => {
                let at = self.variant % branches.len().max(1);
                for part in branches.get(at).into_iter().flatten() {
                    self.write(part);
                }
            }
            Part::Repeat(part, least, most) => {
                let wanted = least.saturating_add(self.more).min(*most).max(*least);
                for _ in 0..wanted {
                    if self.steps == 0 {
                        return;
                    }
                    self.write(part);
                }
            }
        }
    }
}
