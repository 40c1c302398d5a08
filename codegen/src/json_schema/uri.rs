//! Just enough of RFC 3986 to find out which document a reference means.

/// A reference resolved against a base, both without fragments.
pub(super) fn join(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if has_scheme(reference) || base.is_empty() {
        return reference.to_owned();
    }
    let (start, path) = split(base);
    if reference.starts_with("//") {
        let scheme = start.split_once("//").map_or("", |(scheme, _)| scheme);
        return format!("{scheme}{reference}");
    }
    if reference.starts_with('/') {
        return format!("{start}{}", without_dots(reference));
    }
    let folder = match path.rfind('/') {
        Some(end) => &path[..=end],
        None if start.contains("//") => "/",
        None => "",
    };
    format!("{start}{}", without_dots(&format!("{folder}{reference}")))
}

/// Splits a reference into its document and its fragment.
pub(super) fn fragment(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Undoes percent-encoding where it is well-formed.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

fn has_scheme(text: &str) -> bool {
    let scheme = text.split([':', '/', '?']).next().unwrap_or_default();
    text[scheme.len()..].starts_with(':')
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
}

/// Splits a URI before its path.
fn split(uri: &str) -> (&str, &str) {
    let after_scheme = if has_scheme(uri) {
        uri.find(':').map_or(0, |at| at + 1)
    } else {
        0
    };
    let rest = &uri[after_scheme..];
    let authority = match rest.strip_prefix("//") {
        Some(authority) => 2 + authority.find('/').unwrap_or(authority.len()),
        None => 0,
    };
    uri.split_at(after_scheme + authority)
}

fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." if parts.last().is_some_and(|last| !last.is_empty()) => drop(parts.pop()),
            "." | ".." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{decode, join};

    #[test]
    fn references_are_resolved_against_their_base() {
        for (base, reference, joined) in [
            (
                "https://a.example/x/y.json",
                "z.json",
                "https://a.example/x/z.json",
            ),
            (
                "https://a.example/x/y.json",
                "../z.json",
                "https://a.example/z.json",
            ),
            (
                "https://a.example/x/y.json",
                "/z.json",
                "https://a.example/z.json",
            ),
            (
                "https://a.example/x/y.json",
                "//b.example/z",
                "https://b.example/z",
            ),
            ("https://a.example", "z.json", "https://a.example/z.json"),
            ("x/y.json", "z.json", "x/z.json"),
            ("x/y.json", "", "x/y.json"),
            ("", "./z.json", "./z.json"),
            ("urn:x:y", "urn:x:z", "urn:x:z"),
        ] {
            assert_eq!(join(base, reference), joined, "{base} {reference}");
        }
        assert_eq!(decode("a%20b%2"), "a b%2");
    }
}
