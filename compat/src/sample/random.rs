//! Numbers that look random and are the same for the same seed (`SplitMix64`), and what is drawn with them.

/// Words that events are made of.
const WORDS: [&str; 24] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris", "juniper",
    "kestrel", "lumen", "maple", "nova", "orchid", "pine", "quartz", "river", "slate", "tundra",
    "umber", "violet", "willow", "zephyr",
];

#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit, which is at least one.
    pub(crate) const fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// An index into something that is not empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// True so many times in a hundred.
    pub(crate) const fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A count as events have it: mostly small.
    pub(crate) const fn small(&mut self) -> u64 {
        let limit = [10, 100, 1_000, 10_000][(self.next() & 3) as usize];
        self.below(limit)
    }

    /// An amount with two digits behind the point.
    #[expect(clippy::cast_precision_loss, reason = "it is below a million")]
    pub(crate) fn amount(&mut self) -> f64 {
        self.below(1_000_000) as f64 / 100.0
    }

    /// A word, sometimes two.
    pub(crate) fn words(&mut self) -> String {
        let first = WORDS[self.index(WORDS.len())];
        if self.percent(30) {
            let second = WORDS[self.index(WORDS.len())];
            return format!("{first} {second}");
        }
        first.to_owned()
    }

    /// Some bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let next = self.next().to_le_bytes();
            let missing = length - bytes.len();
            bytes.extend_from_slice(&next[..missing.min(next.len())]);
        }
        bytes
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let version = (high & !0xF000) | 0x4000;
        let variant = (low & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            version >> 32,
            (version >> 16) & 0xFFFF,
            version & 0xFFFF,
            variant >> 48,
            variant & 0xFFFF_FFFF_FFFF
        )
    }

    /// Milliseconds since 1970, some time in 2020 to 2029.
    pub(crate) fn millis(&mut self) -> i64 {
        const START: i64 = 1_577_836_800_000;
        const YEARS: u64 = 10 * 365 * 86_400_000;
        START + i64::try_from(self.below(YEARS)).unwrap_or_default()
    }
}
