//! Puts the runtime's sources into the binary, for `dovetail generate --crate`: a crate it writes builds with no other
//! file of this project.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Writes `runtime.rs`: the files of the runtime, and the names of its features.
pub(crate) fn write() -> Result<(), Box<dyn Error>> {
    let runtime = fs::canonicalize("../codegen/runtime")?;
    println!("cargo:rerun-if-changed={}", runtime.display());
    println!("cargo:rerun-if-changed=../Cargo.toml");
    let mut sources = Vec::new();
    collect(&runtime.join("src"), &mut sources)?;
    sources.sort();
    let mut text = String::from(
        "/// The files of the runtime by their path.\npub(super) const FILES: &[(&str, &str)] = &[\n",
    );
    let (manifest, features) = manifest(&runtime)?;
    writeln!(text, "    (\"Cargo.toml\", {manifest:?}),")?;
    for source in sources {
        let inside = source
            .strip_prefix(&runtime)?
            .to_str()
            .ok_or("a path")?
            .replace('\\', "/");
        let path = source.to_str().ok_or("a path")?;
        writeln!(text, "    ({inside:?}, include_str!({path:?})),")?;
    }
    writeln!(
        text,
        "];\n/// Its features.\npub(super) const FEATURES: &[&str] = &{features:?};"
    )?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("runtime.rs"), text)?;
    Ok(())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// The runtime's manifest with everything it inherits from the workspace written out, and the names of its features.
fn manifest(runtime: &Path) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let workspace: toml::Table = fs::read_to_string("../Cargo.toml")?.parse()?;
    let mut manifest: toml::Table = fs::read_to_string(runtime.join("Cargo.toml"))?.parse()?;
    let inherited = |section: &str, key: &str| workspace["workspace"][section].get(key).cloned();
    manifest.remove("lints");
    manifest.remove("dev-dependencies");
    let package = manifest["package"].as_table_mut().ok_or("no package")?;
    for (key, value) in package.iter_mut() {
        if value.get("workspace").is_some() {
            *value = inherited("package", key).ok_or("nothing to inherit")?;
        }
    }
    if let Some(dependencies) = manifest
        .get_mut("dependencies")
        .and_then(toml::Value::as_table_mut)
    {
        for (key, value) in dependencies.iter_mut() {
            if value.get("workspace").is_some() {
                *value = merged(
                    inherited("dependencies", key).ok_or("nothing to inherit")?,
                    value,
                );
            }
        }
    }
    let features = manifest.get("features").and_then(toml::Value::as_table);
    let features = features
        .into_iter()
        .flat_map(toml::Table::keys)
        .cloned()
        .collect();
    Ok((toml::to_string(&manifest)?, features))
}

/// A dependency of the workspace with what the crate itself says about it.
fn merged(inherited: toml::Value, own: &toml::Value) -> toml::Value {
    let mut table = match inherited {
        toml::Value::Table(table) => table,
        version => toml::Table::from_iter([("version".to_owned(), version)]),
    };
    for (key, value) in own.as_table().into_iter().flatten() {
        match (key.as_str(), value) {
            ("workspace", _) => {}
            ("features", toml::Value::Array(more)) => {
                let features = table
                    .entry("features")
                    .or_insert_with(|| toml::Value::Array(Vec::new()));
                if let Some(features) = features.as_array_mut() {
                    features.extend(more.iter().cloned());
                }
            }
            _ => drop(table.insert(key.clone(), value.clone())),
        }
    }
    toml::Value::Table(table)
}
