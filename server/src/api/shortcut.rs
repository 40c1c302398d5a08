//! `GET /schemas/ids/{id}` again, for the plain requests that never reach the router.

use std::{sync::Arc, time::Instant};

use dovetail_model::SchemaId;

use super::render::kept_schema_by_id;
use crate::{app::App, http::Shortcut};

/// Answers for schemas that are entirely in memory.
pub(crate) fn shortcut(app: Arc<App>) -> Shortcut {
    Shortcut::new(move |path| {
        let since = Instant::now();
        let digits = path.strip_prefix("/schemas/ids/")?;
        if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let id = SchemaId::new(digits.parse().ok()?)?;
        let registry = app.registry().ok()?;
        let body = kept_schema_by_id(&registry.known_schema(id)?, registry.profile())?;
        app.metrics().hot_answer(since.elapsed());
        Some(body)
    })
}
