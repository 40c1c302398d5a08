//! Colour, where somebody can see it.

use std::{env, io::IsTerminal};

/// Colours text, or leaves it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    /// Colours only on a terminal, and not where `NO_COLOR` is set to something.
    pub(crate) fn for_stdout() -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(std::io::stdout().is_terminal() && !refused)
    }

    /// No colour.
    pub(crate) const fn none() -> Self {
        Self(false)
    }

    /// What is wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// What is fine.
    pub(crate) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What frames the rest.
    pub(crate) fn frame(self, text: &str) -> String {
        self.with("34", text)
    }

    /// What is to be read first.
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
