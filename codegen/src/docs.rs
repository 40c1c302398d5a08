//! Documentation from schemas: what people wrote there is shown, but never compiled or run.

use syn::{Attribute, Expr, Lit, Meta, parse_quote};

/// A text as documentation: fenced code is plain text, and indented text is no code.
pub(crate) fn neutral(text: &str) -> String {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.replace('\r', "").lines() {
        let trimmed = line.trim_start();
        if let Some(rest) = trimmed
            .strip_prefix("```")
            .or_else(|| trimmed.strip_prefix("~~~"))
        {
            let fence = &trimmed[..3];
            // A fence that names a language opens one, so that it is text from here on.
            lines.push(if inside || rest.contains(fence) {
                trimmed.to_owned()
            } else {
                format!("{fence}text")
            });
            inside = !inside && !rest.contains(fence);
        } else if inside {
            lines.push(line.to_owned());
        } else {
            let indent = line.len() - trimmed.len();
            lines.push(format!("{}{trimmed}", &" ".repeat(indent.min(2))));
        }
    }
    if inside {
        lines.push("```".to_owned());
    }
    lines.join("\n").trim_end().to_owned()
}

/// Makes the documentation among some attributes neutral.
pub(crate) fn neutralise(attributes: &mut Vec<Attribute>) {
    let texts: Vec<String> = attributes.iter().filter_map(text).collect();
    if texts.is_empty() {
        return;
    }
    attributes.retain(|attribute| text(attribute).is_none());
    let text = neutral(&texts.join("\n"));
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {}", line.strip_prefix(' ').unwrap_or(line))
        };
        parse_quote!(#[doc = #line])
    });
    attributes.splice(0..0, lines);
}

/// The text of a `#[doc = "…"]`.
pub(crate) fn text(attribute: &Attribute) -> Option<String> {
    if !attribute.path().is_ident("doc") {
        return None;
    }
    match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
