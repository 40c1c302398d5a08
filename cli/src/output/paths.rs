//! Files as the services that show annotations want them: relative to the root of the checkout, with slashes.

use std::{env, path::Path};

/// The path of a file from the root of what was checked out, where a service says what that is, or else as given.
pub(super) fn in_checkout(file: &str) -> String {
    let roots = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];
    let root = roots.into_iter().find_map(env::var_os);
    let inside = root.and_then(|root| {
        let root = Path::new(&root).canonicalize().ok()?;
        let file = Path::new(file).canonicalize().ok()?;
        file.strip_prefix(root).ok().map(Path::to_path_buf)
    });
    let file = inside.map_or_else(|| file.to_owned(), |inside| inside.display().to_string());
    let file = file.replace('\\', "/");
    file.strip_prefix("./").map(str::to_owned).unwrap_or(file)
}
