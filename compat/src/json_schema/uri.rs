//! URI references, as far as `$id` and `$ref` need them: splitting off a fragment, and resolution against a base
//! (RFC 3986, section 5.2). A base may itself be relative or empty, because registries name schemas by plain names.

/// A reference without its fragment, and the fragment if there is one.
pub(super) fn split_fragment(reference: &str) -> (&str, Option<&str>) {
    match reference.split_once('#') {
        Some((uri, fragment)) => (uri, Some(fragment)),
        None => (reference, None),
    }
}

/// Resolves a reference without fragment against a base without fragment.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if scheme(reference).is_some() {
        return reference.to_owned();
    }
    let (scheme, rest) = scheme(base).map_or(("", base), |end| base.split_at(end));
    if let Some(authority_and_path) = reference.strip_prefix("//") {
        return format!("{scheme}//{authority_and_path}");
    }
    let (authority, path) = split_authority(rest);
    if reference.starts_with('/') {
        return format!("{scheme}{authority}{}", without_dots(reference));
    }
    let path = path.split('?').next().unwrap_or_default();
    if let Some(query) = reference.strip_prefix('?') {
        return format!("{scheme}{authority}{path}?{query}");
    }
    let folder = match path.rfind('/') {
        Some(slash) => &path[..=slash],
        None if authority.is_empty() => "",
        None => "/",
    };
    format!(
        "{scheme}{authority}{}",
        without_dots(&format!("{folder}{reference}"))
    )
}

/// Where the scheme ends, its colon included.
fn scheme(uri: &str) -> Option<usize> {
    let colon = uri.find(':')?;
    let name = &uri[..colon];
    let is_scheme = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some(colon + 1)
}

/// `//host` and what follows it.
fn split_authority(rest: &str) -> (&str, &str) {
    let Some(after) = rest.strip_prefix("//") else {
        return ("", rest);
    };
    let end = after.find(['/', '?']).unwrap_or(after.len());
    rest.split_at(end + 2)
}

/// Removes `.` and `..` segments from a path (section 5.2.4).
fn without_dots(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let last = segments.len() - 1;
    for (position, segment) in segments.into_iter().enumerate() {
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if position == last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    let joined = kept.join("/");
    if absolute {
        format!("/{joined}")
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn references_resolve_as_the_rfc_says() {
        let base = "http://a/b/c/d?q";
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d?y"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("", "http://a/b/c/d?q"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{reference}");
        }
        assert_eq!(resolve("", "other.json"), "other.json");
        assert_eq!(resolve("folder/one.json", "two.json"), "folder/two.json");
        assert_eq!(resolve("http://a", "two.json"), "http://a/two.json");
    }
}
