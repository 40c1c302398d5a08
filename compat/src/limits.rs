//! Bounds that hold before and during the work, so that no text can make it hang or exhaust memory.

/// The work of a check or a parse grew beyond its bound. The text says what was being done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("too complex: {0}")]
pub struct TooComplex(pub &'static str);

/// Steps a check may take before it gives up. A step is one pair of nodes looked at, well under a microsecond each.
pub(crate) struct Budget {
    left: u64,
    what: &'static str,
}

impl Budget {
    /// A budget of `steps`, named after the work for the error's text.
    pub(crate) const fn new(steps: u64, what: &'static str) -> Self {
        Self { left: steps, what }
    }

    /// Takes one step.
    pub(crate) fn step(&mut self) -> Result<(), TooComplex> {
        self.steps(1)
    }

    /// Takes many steps at once.
    pub(crate) fn steps(&mut self, count: u64) -> Result<(), TooComplex> {
        self.left = self.left.checked_sub(count).ok_or(TooComplex(self.what))?;
        Ok(())
    }
}

/// Refuses JSON nested deeper than `limit` before any recursive parser sees it. Looks at brackets outside strings only.
pub(crate) fn json_nesting_within(text: &str, limit: usize) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return false;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}
