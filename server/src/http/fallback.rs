//! What is answered where no route is.
//!
//! HEAD needs nothing here: axum answers it on every GET route, and hyper leaves out the body.

use axum::http::{Method, Uri};

use super::{
    contexts,
    error::{HttpError, excerpt},
};

/// For `Router::fallback`: 404, naming the path; 400 where it is the context before the path that is none.
pub async fn fallback(uri: Uri) -> HttpError {
    contexts::refusal(uri.path()).unwrap_or_else(|| no_route(uri.path()))
}

/// For `Router::method_not_allowed_fallback`, after the last route was added: 405. axum adds the `Allow` header.
pub async fn method_not_allowed(method: Method, uri: Uri) -> HttpError {
    HttpError::method_not_allowed(format!(
        "HTTP 405 Method Not Allowed: {} on \"{}\"",
        excerpt(method.as_str()),
        excerpt(uri.path())
    ))
}

pub(crate) fn no_route(path: &str) -> HttpError {
    HttpError::not_found(format!(
        "HTTP 404 Not Found: no route for \"{}\"",
        excerpt(path)
    ))
}
