//! Random values of a schema, from a seed.

use dovetail_runtime::{
    Value,
    schema::{Kind, Logical, NodeId, Primitive, Schema},
};

/// A small generator of random numbers (`SplitMix64`), so that a failure can be repeated.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    pub(crate) fn text(&mut self) -> String {
        const CHARACTERS: [char; 12] = [
            'a', 'Z', '0', ' ', '"', '\\', '\n', 'é', 'ß', '→', '𝄞', '\0',
        ];
        let count = self.below(9);
        (0..count)
            .map(|_| CHARACTERS[self.below(CHARACTERS.len())])
            .collect()
    }

    pub(crate) fn long(&mut self) -> i64 {
        let bits = self.below(64);
        let value = self.next().cast_signed();
        value >> bits
    }
}

/// A value of a schema. It ends, because deep inside the smallest choices are made; nothing where there is no such value.
pub(crate) fn value(schema: &Schema, random: &mut Random) -> Option<Value> {
    value_of(schema, schema.root(), random, 0)
}

/// How deep a value goes at most.
const DEPTH: usize = 40;

/// How deep it goes before it takes the shortest way to an end.
const SHALLOW: usize = 6;

fn value_of(schema: &Schema, id: NodeId, random: &mut Random, depth: usize) -> Option<Value> {
    if depth > DEPTH {
        return None;
    }
    let depth = depth + 1;
    let is_deep = depth > SHALLOW;
    let count = if is_deep {
        0
    } else {
        [0, 1, 2, 5][random.below(4)]
    };
    Some(match schema.kind(id) {
        // What carries the scale beside the number is bytes to us, but not to everyone.
        Kind::Primitive(Primitive::Bytes) if is_big_decimal(schema, id) => {
            Value::Bytes(vec![2, small(random).to_be_bytes()[0], 4])
        }
        Kind::Primitive(primitive) => primitive_of(*primitive, schema.logical(id), random),
        Kind::Fixed(fixed) => Value::Fixed(fixed_of(fixed.size, schema.logical(id), random)),
        Kind::Enum(symbols) => {
            Value::Enum(u32::try_from(random.below(symbols.symbols.len())).unwrap())
        }
        Kind::Array(inner) => {
            let items = (0..count).map(|_| value_of(schema, *inner, random, depth));
            Value::Array(items.collect::<Option<_>>()?)
        }
        Kind::Map(inner) => {
            let entries = (0..count).map(|nth| {
                let key = format!("{nth}{}", random.text());
                Some((key, value_of(schema, *inner, random, depth)?))
            });
            Value::Map(entries.collect::<Option<_>>()?)
        }
        Kind::Record(record) => {
            let fields = record.fields.iter();
            let fields = fields.map(|field| value_of(schema, field.type_id, random, depth));
            Value::Record(fields.collect::<Option<_>>()?)
        }
        Kind::Union(branches) => {
            let first = random.below(branches.len());
            let null = branches
                .iter()
                .position(|&id| matches!(schema.kind(id), Kind::Primitive(Primitive::Null)));
            let first = null.filter(|_| is_deep).unwrap_or(first);
            let order = (0..branches.len()).map(|nth| (first + nth) % branches.len());
            let mut values = order.filter_map(|index| {
                let value = value_of(schema, branches[index], random, depth)?;
                Some(Value::Union(u32::try_from(index).unwrap(), Box::new(value)))
            });
            values.next()?
        }
    })
}

fn is_big_decimal(schema: &Schema, id: NodeId) -> bool {
    let logical = schema.node(id).attribute("logicalType");
    logical.is_some_and(|name| name == "big-decimal")
}

fn primitive_of(primitive: Primitive, logical: Option<Logical>, random: &mut Random) -> Value {
    match (primitive, logical) {
        (Primitive::Null, _) => Value::Null,
        (Primitive::Boolean, _) => Value::Boolean(random.below(2) == 1),
        (Primitive::Int, Some(Logical::TimeMillis)) => {
            Value::Int(i32::try_from(random.below(86_400_000)).unwrap())
        }
        (Primitive::Int, Some(Logical::Date)) => {
            Value::Int(i32::try_from(random.below(100_000)).unwrap())
        }
        (Primitive::Int, _) => Value::Int(i32::try_from(random.long() >> 32).unwrap()),
        (Primitive::Long, Some(Logical::TimeMicros)) => {
            Value::Long(i64::try_from(random.below(86_400_000_000)).unwrap())
        }
        (Primitive::Long, Some(_)) => Value::Long(random.long() >> 20),
        (Primitive::Long, None) => Value::Long(random.long()),
        (Primitive::Float, _) => Value::Float([0.0, -1.5, 3.0e38, f32::INFINITY][random.below(4)]),
        (Primitive::Double, _) => Value::Double([0.0, -0.1, 1.0e300, f64::MIN][random.below(4)]),
        (Primitive::Bytes, Some(Logical::Decimal { .. })) => {
            Value::Bytes(vec![small(random).to_be_bytes()[0]])
        }
        (Primitive::Bytes, _) => {
            let count = random.below(20);
            Value::Bytes(random.bytes(count))
        }
        (Primitive::String, Some(Logical::Uuid)) => {
            let digits = random.bytes(16);
            let digits: Vec<_> = digits.iter().map(|byte| format!("{byte:02x}")).collect();
            let digits = digits.concat();
            let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
            Value::String(groups.join("-"))
        }
        (Primitive::String, _) => Value::String(random.text()),
    }
}

fn fixed_of(size: usize, logical: Option<Logical>, random: &mut Random) -> Vec<u8> {
    match logical {
        Some(Logical::Decimal { .. }) => {
            let number = small(random);
            let mut bytes = vec![if number < 0 { 0xFF } else { 0 }; size];
            bytes[size - 1] = number.to_be_bytes()[0];
            bytes
        }
        _ => random.bytes(size),
    }
}

/// A number of one digit, which every decimal has room for.
fn small(random: &mut Random) -> i8 {
    i8::try_from(random.below(19)).unwrap() - 9
}
