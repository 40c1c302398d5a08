//! The long way to name a context: `/contexts/staging/subjects/orders` is `/subjects/:.staging:orders`.
//!
//! The protocol lets `/contexts/{context}` stand before nearly every path. It is rewritten here, before anything looks at the
//! path, into the form that has the context inside: in the name of a subject, or in the query of what lists or looks up.

use axum::http::Request;
use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    error::{HttpError, excerpt},
    path,
};

const PREFIX: &str = "/contexts/";

/// What is encoded of a context's name: all that could mean something in a path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// Rewrites a request whose path begins with a context. What cannot be rewritten stays as it is, and is refused later.
pub(crate) fn rewrite<B>(request: &mut Request<B>) {
    if !request.uri().path().starts_with(PREFIX) {
        return;
    }
    let Some(target) = rewritten(request.uri().path(), request.uri().query()) else {
        return;
    };
    path::retarget(request, target);
}

/// Why a path that is no route is refused, if that is because of the context it begins with.
pub(crate) fn refusal(path: &str) -> Option<HttpError> {
    let (context, _) = path.strip_prefix(PREFIX)?.split_once('/')?;
    if name(&path::decode(context).ok()?).is_some() {
        return None;
    }
    Some(HttpError::bad_request(format!(
        "\"{}\" is not a context; write it as \"name\", \".name\" or \":.name:\"",
        excerpt(context)
    )))
}

/// A context's name with its dot, from any of its three spellings.
pub(crate) fn name(text: &str) -> Option<String> {
    let inner = match text.strip_prefix(':') {
        Some(rest) => rest
            .strip_suffix(':')
            .filter(|rest| rest.starts_with('.'))?,
        None => text,
    };
    if inner.is_empty() || inner.contains(':') {
        return None;
    }
    let bare = inner.strip_prefix('.').unwrap_or(inner);
    Some(format!(".{bare}"))
}

fn rewritten(path: &str, query: Option<&str>) -> Option<String> {
    path::check(path).ok()?;
    path::check(query.unwrap_or_default()).ok()?;
    let (context, rest) = path.strip_prefix(PREFIX)?.split_once('/')?;
    let context = format!(":{}:", name(&path::decode(context).ok()?)?);
    let mut segments: Vec<String> = rest.split('/').map(str::to_owned).collect();
    let mut query = query.unwrap_or_default().to_owned();
    let kinds: Vec<&str> = rest.split('/').collect();
    match kinds.as_slice() {
        ["subjects" | "schemas"] => query = with(&query, "subjectPrefix", &context),
        ["schemas", "ids", ..] => query = with(&query, "subject", &context),
        ["schemas", ..] => {}
        ["config" | "mode"] => segments.push(encoded(&context)),
        ["subjects" | "config" | "mode", ..] => qualify(&mut segments[1], &context)?,
        ["compatibility" | "associations", "subjects", _, ..] => {
            qualify(&mut segments[2], &context)?;
        }
        [
            "associations" | "associations:batchGet" | "associations:batchMutate",
            ..,
        ] => {
            query = with(&query, "context", &context);
        }
        _ => return None,
    }
    let path = segments.join("/");
    Some(if query.is_empty() {
        format!("/{path}")
    } else {
        format!("/{path}?{query}")
    })
}

/// Puts the context into the name of a subject, unless that has one.
fn qualify(segment: &mut String, context: &str) -> Option<()> {
    if !is_qualified(&path::decode(segment).ok()?) {
        segment.insert_str(0, &encoded(context));
    }
    Some(())
}

/// Puts the context into a parameter of the query, unless that has one.
fn with(query: &str, name: &str, context: &str) -> String {
    let mut written = Serializer::new(String::new());
    let mut is_there = false;
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        if key == name {
            is_there = true;
            if !is_qualified(&value) {
                written.append_pair(&key, &format!("{context}{value}"));
                continue;
            }
        }
        written.append_pair(&key, &value);
    }
    if !is_there {
        written.append_pair(name, context);
    }
    written.finish()
}

fn is_qualified(name: &str) -> bool {
    name.starts_with(":.") || name.starts_with(":*:")
}

fn encoded(context: &str) -> String {
    utf8_percent_encode(context, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    fn target(given: &str) -> Option<String> {
        let (path, query) = given
            .split_once('?')
            .map_or((given, None), |(path, query)| (path, Some(query)));
        rewritten(path, query)
    }

    #[test]
    fn the_context_goes_to_where_it_is_looked_for() {
        for (given, expected) in [
            ("/contexts/c/subjects/a", "/subjects/%3A.c%3Aa"),
            (
                "/contexts/.c/subjects/a%2Fb/versions/1",
                "/subjects/%3A.c%3Aa%2Fb/versions/1",
            ),
            (
                "/contexts/:.c:/subjects/a?deleted=true",
                "/subjects/%3A.c%3Aa?deleted=true",
            ),
            ("/contexts/%3A.c%3A/mode", "/mode/%3A.c%3A"),
            ("/contexts/c/config", "/config/%3A.c%3A"),
            ("/contexts/c/config/a", "/config/%3A.c%3Aa"),
            ("/contexts/c/subjects/:.d:a", "/subjects/:.d:a"),
            ("/contexts/c/subjects/%3A.d%3Aa", "/subjects/%3A.d%3Aa"),
            ("/contexts/c/subjects", "/subjects?subjectPrefix=%3A.c%3A"),
            (
                "/contexts/c/schemas?subjectPrefix=a&limit=1",
                "/schemas?subjectPrefix=%3A.c%3Aa&limit=1",
            ),
            (
                "/contexts/c/schemas?subjectPrefix=:*:a",
                "/schemas?subjectPrefix=%3A*%3Aa",
            ),
            (
                "/contexts/c/schemas/ids/1",
                "/schemas/ids/1?subject=%3A.c%3A",
            ),
            (
                "/contexts/c/schemas/ids/1/versions?subject=a",
                "/schemas/ids/1/versions?subject=%3A.c%3Aa",
            ),
            ("/contexts/c/schemas/types", "/schemas/types"),
            (
                "/contexts/c/compatibility/subjects/a/versions",
                "/compatibility/subjects/%3A.c%3Aa/versions",
            ),
            ("/contexts/./subjects/a", "/subjects/%3A.%3Aa"),
            ("/contexts/%C3%A4%20b/mode", "/mode/%3A.%C3%A4%20b%3A"),
        ] {
            assert_eq!(target(given).as_deref(), Some(expected), "{given}");
        }
    }

    #[test]
    fn what_has_no_such_form_stays() {
        for given in [
            "/contexts/c",
            "/contexts/c/",
            "/contexts/c/contexts",
            "/contexts/c/health/live",
            "/contexts/a:b/subjects",
            "/contexts/:.c/subjects",
            "/contexts/c/subjects/%zz",
            "/contexts/c/subjects?subjectPrefix=%zz",
        ] {
            assert_eq!(target(given), None, "{given}");
        }
    }
}
