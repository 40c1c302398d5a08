//! Puts the pages of the rules into the binary, so that `dovetail explain RULE` needs nothing else, and the runtime's
//! sources, so that a crate that `dovetail generate` writes does not either.

#[path = "build/runtime.rs"]
mod runtime;

use std::{env, error::Error, fmt::Write as _, fs, io, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    rule_pages()?;
    runtime::write()
}

fn rule_pages() -> io::Result<()> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules");
    println!("cargo:rerun-if-changed={}", pages.display());
    let mut list = String::from("&[\n");
    for format in ["avro", "protobuf", "json_schema"] {
        let folder = pages.join(format).canonicalize()?;
        println!("cargo:rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<io::Result<_>>()?;
        files.sort_by_key(fs::DirEntry::path);
        for path in files.iter().map(fs::DirEntry::path) {
            let rule = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let path = path.display().to_string();
            let _ = writeln!(list, "({rule:?}, include_str!({path:?})),");
        }
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("rule_pages.rs"), list)
}
