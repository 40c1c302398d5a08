//! Two spellings of a path that mean the plain one: with a slash at the end, as kafka-ui asks for `/config/` and people for
//! `/subjects/`, and with the colon of an operation encoded, as careful clients write `/associations%3AbatchGet`.
//!
//! Both are rewritten before anything looks at the path, so the routes have one spelling each.

use axum::http::Request;

use super::path;

/// What has operations, with the colon before them encoded.
const ENCODED: [&str; 2] = ["associations%3A", "associations%3a"];

/// Rewrites a request whose path has another spelling than its route.
pub(crate) fn rewrite<B>(request: &mut Request<B>) {
    let Some(plain) = plain(request.uri().path()) else {
        return;
    };
    let target = match request.uri().query() {
        Some(query) => format!("{plain}?{query}"),
        None => plain,
    };
    path::retarget(request, target);
}

/// The plain spelling of a path; `None` where it has that.
fn plain(path: &str) -> Option<String> {
    let shorter = path
        .strip_suffix('/')
        .filter(|shorter| !shorter.is_empty() && !shorter.ends_with('/'));
    let whole = shorter.unwrap_or(path);
    with_colon(whole).or_else(|| shorter.map(str::to_owned))
}

/// The path with the colon of its operation as it is, if that was encoded. The operation may stand after a context.
fn with_colon(path: &str) -> Option<String> {
    let (parent, last) = path.rsplit_once('/')?;
    let operation = ENCODED
        .iter()
        .find_map(|encoded| last.strip_prefix(encoded))?;
    let is_context = parent
        .strip_prefix("/contexts/")
        .is_some_and(|context| !context.contains('/'));
    (parent.is_empty() || is_context).then(|| format!("{parent}/associations:{operation}"))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn other_spellings_become_the_plain_one() {
        for (given, expected) in [
            ("/subjects/", "/subjects"),
            ("/subjects/a%2F/versions/", "/subjects/a%2F/versions"),
            ("/contexts/c/config/", "/contexts/c/config"),
            ("/associations%3AbatchGet", "/associations:batchGet"),
            ("/associations%3abatchMutate/", "/associations:batchMutate"),
            (
                "/contexts/:.c:/associations%3AbatchGet",
                "/contexts/:.c:/associations:batchGet",
            ),
        ] {
            assert_eq!(plain(given).as_deref(), Some(expected), "{given}");
        }
    }

    #[test]
    fn everything_else_stays() {
        for given in [
            "",
            "/",
            "//",
            "*",
            "/subjects//",
            "/subjects/a%2F",
            "/subjects/associations%3Aa",
            "/contexts/a/subjects/associations%3Aa",
            "/associations/subjects/a%3Ab",
            "/associations:batchGet",
            "/associations%3",
            "/Associations%3AbatchGet",
        ] {
            assert_eq!(plain(given), None, "{given}");
        }
    }
}
