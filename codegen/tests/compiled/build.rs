//! Runs the code generator as a user's build script does: each folder of `cases/` becomes a module of its own.

use std::{env, error::Error, fs, path::PathBuf};

use dovetail_codegen::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for case in ["json", "protobuf"] {
        let mut builder = Builder::new().out_dir(out.join(case));
        let mut folders = vec![PathBuf::from("cases").join(case)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    builder = builder.file(path);
                }
            }
        }
        builder.build()?;
    }
    Ok(())
}
