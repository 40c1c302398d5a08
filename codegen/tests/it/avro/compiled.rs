//! Compiles what is generated, and runs it.
//!
//! The crate stands below cargo's folder for temporary things of tests, with a folder of its own for what is built, which
//! is kept from run to run. Nothing is fetched: what it needs is in the lock file of the workspace.

use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use dovetail_codegen::Output;

/// A target without `std`, which is used where it is installed.
const BARE: &str = "thumbv7em-none-eabi";

/// Checks a library of the modules that has `alloc` only. Where the toolchain has no target without `std`, what is checked is that
/// neither the library nor the runtime names it.
pub(crate) fn check_without_std(name: &str, output: &Output) {
    let folder = package(name, "default-features = false", "");
    let source = folder.join("src");
    let library = format!("#![no_std]\n{}", modules(&source, output));
    write(&source.join("lib.rs"), &library);
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = PathBuf::from(String::from_utf8(sysroot.unwrap().stdout).unwrap().trim());
    let mut command = Command::new(env!("CARGO"));
    command.args(["check", "--offline", "--quiet"]);
    if sysroot.join("lib/rustlib").join(BARE).is_dir() {
        command.args(["--target", BARE]);
    }
    let status = command
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .current_dir(&folder)
        .status()
        .unwrap();
    assert!(status.success(), "{} does not compile", folder.display());
}

/// The folder of a crate that needs the runtime in some way, with the versions of this workspace.
fn package(name: &str, runtime: &str, rest: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         dovetail-runtime = {{ path = \"{}\", {runtime} }}\n{rest}\n[workspace]\n",
        root.join("runtime").display()
    );
    write(&folder.join("Cargo.toml"), &manifest);
    fs::copy(root.join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// Writes the modules, and what brings them in.
fn modules(source: &Path, output: &Output) -> String {
    let mut library = String::new();
    for module in &output.modules {
        let file = module.name.trim_start_matches("r#");
        write(&source.join(format!("{file}.rs")), &module.source);
        writeln!(library, "{ALLOWED}\npub mod {};", module.name).unwrap();
    }
    library
}

/// A crate of generated code that was built.
pub(crate) struct Compiled {
    program: PathBuf,
}

/// The lints that whoever declares a generated module allows.
const ALLOWED: &str = "#[allow(clippy::pedantic, non_camel_case_types)]";

impl Compiled {
    /// Builds a crate of the modules and a `main.rs`.
    pub(crate) fn new(name: &str, output: &Output, features: &[&str], main: &str) -> Self {
        let rest = "serde = \"1\"\nserde_json = \"1\"\n\n[profile.dev]\ndebug = false\nincremental = false\nopt-level = 0\n";
        let folder = package(name, &format!("features = {features:?}"), rest);
        let source = folder.join("src");
        write(&source.join("lib.rs"), &modules(&source, output));
        write(&source.join("main.rs"), main);
        let status = Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env_remove("RUSTFLAGS")
            .current_dir(&folder)
            .status()
            .unwrap();
        assert!(status.success(), "{} does not compile", folder.display());
        Self {
            program: folder.join("target/debug").join(name),
        }
    }

    /// Runs it to its end, and says whether that was a good one.
    pub(crate) fn run(&self) -> bool {
        Command::new(&self.program).status().unwrap().success()
    }

    /// Starts it, to send it requests.
    pub(crate) fn start(&self) -> Running {
        let child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Running(child)
    }
}

/// A program that answers each request, which is a number and bytes, with a status and bytes.
pub(crate) struct Running(Child);

/// What the program answers.
pub(crate) type Answer = Result<Vec<u8>, String>;

impl Running {
    pub(crate) fn ask(&mut self, number: usize, bytes: &[u8]) -> Answer {
        let input = self.0.stdin.as_mut().unwrap();
        input
            .write_all(&u32::try_from(number).unwrap().to_le_bytes())
            .unwrap();
        input
            .write_all(&u32::try_from(bytes.len()).unwrap().to_le_bytes())
            .unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
        let output = self.0.stdout.as_mut().unwrap();
        let mut head = [0; 5];
        output.read_exact(&mut head).unwrap();
        let [status, length @ ..] = head;
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        output.read_exact(&mut answer).unwrap();
        if status == 0 {
            Ok(answer)
        } else {
            Err(String::from_utf8(answer).unwrap())
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The `main.rs` of a program that answers requests with functions, one for each number.
pub(crate) fn answering(name: &str, functions: &[String]) -> String {
    let functions = functions.join(",\n    ");
    format!(
        "use std::io::{{Read as _, Write as _}};
use {name}::*;
#[allow(unused_imports)]
use dovetail_runtime::{{AvroRef, AvroType, Plan}};

type Answer = Result<Vec<u8>, String>;

#[allow(dead_code)]
fn again<T: AvroType>(bytes: &[u8]) -> Answer {{
    let value = T::from_slice(bytes).map_err(|error| error.to_string())?;
    value.to_vec().map_err(|error| error.to_string())
}}

/// The same through the type that borrows as well, with and without a plan, and from one type to the other.
#[allow(unused_macros)]
macro_rules! again_borrowed {{
    ($owned:ty, $twin:ty) => {{
        |bytes| {{
            let expected = again::<$owned>(bytes)?;
            let read = <$twin>::from_slice(bytes).map_err(|error| format!(\"borrowed: {{error}}\"))?;
            let plan = Plan::same();
            let planned = <$twin>::from_slice_with(&plan, bytes).map_err(|error| format!(\"planned: {{error}}\"))?;
            let owned = read.to_owned();
            let lent = <$twin>::from(&owned).to_vec();
            for found in [read.to_vec(), planned.to_vec(), owned.to_vec(), lent] {{
                assert_eq!(found.unwrap(), expected);
            }}
            Ok(expected)
        }}
    }};
}}

/// Reads with a plan from a writer, whose schema stands before a zero byte and the value.
#[allow(dead_code)]
fn planned<T: AvroType>(bytes: &[u8]) -> Answer {{
    let end = bytes.iter().position(|byte| *byte == 0).unwrap();
    let writer = std::str::from_utf8(&bytes[..end]).unwrap();
    let plan = Plan::<T>::new(writer).map_err(|error| format!(\"plan: {{error}}\"))?;
    let value = T::from_slice_with(&plan, &bytes[end + 1..]).map_err(|error| error.to_string())?;
    value.to_vec().map_err(|error| error.to_string())
}}

static FUNCTIONS: &[fn(&[u8]) -> Answer] = &[
    {functions}
];

fn main() {{
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut head = [0; 8];
    while input.read_exact(&mut head).is_ok() {{
        let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        let mut bytes = vec![0; word(4)];
        input.read_exact(&mut bytes).unwrap();
        let (status, answer) = match FUNCTIONS[word(0)](&bytes) {{
            Ok(answer) => (0, answer),
            Err(error) => (1, error.into_bytes()),
        }};
        output.write_all(&[status]).unwrap();
        output.write_all(&(answer.len() as u32).to_le_bytes()).unwrap();
        output.write_all(&answer).unwrap();
        output.flush().unwrap();
    }}
}}
"
    )
}

/// Writes a file unless it says the same already, so that cargo does not build it again.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).unwrap();
}
