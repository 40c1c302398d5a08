//! Documentation from schemas, so that `rustdoc` takes it as text.

use proc_macro2::TokenStream;
use quote::quote;

/// The documentation of a type, a field or a variant.
pub(in crate::avro) fn docs(text: Option<&str>) -> TokenStream {
    let lines = text.into_iter().flat_map(str::lines).map(line);
    quote!(#(#[doc = #lines])*)
}

/// A line that is neither code nor a link nor markup. A space at the front sets it off from the slashes.
fn line(text: &str) -> String {
    let text = text.trim();
    let mut line = String::with_capacity(text.len() + 1);
    if !text.is_empty() {
        line.push(' ');
    }
    if text.starts_with("```") || text.starts_with("~~~") {
        line.push('\\');
    }
    for character in text.chars() {
        match character {
            '[' | ']' | '<' | '>' => {
                line.push('\\');
                line.push(character);
            }
            // A lone carriage return is an error in a comment, and other control characters are nothing to look at.
            control if control.is_control() => line.push(' '),
            other => line.push(other),
        }
    }
    line
}
