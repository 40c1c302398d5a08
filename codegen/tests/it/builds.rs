//! Real builds by cargo, without a network: what is built again after a change, and what stays as it is.
//!
//! The crates stand below cargo's folder for temporary things of tests, with a folder of its own for what is built, which is
//! kept from run to run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
    time::SystemTime,
};

use serde_json::Value;

const BUILD: &str =
    "fn main() -> Result<(), dovetail_codegen::BuildError> {\n    dovetail_codegen::build()\n}\n";
const LIBRARY: &str = "include!(concat!(env!(\"OUT_DIR\"), \"/dovetail/mod.rs\"));\n";

/// Two files that an owner has, of which one changes.
const OWNED: &str = "[[subject]]\nname = \"orders-value\"\nfile = \"schemas/order.avsc\"\n\n\
                     [[subject]]\nname = \"parcels-value\"\nfile = \"schemas/parcel.avsc\"\n\n[codegen]\nserde = false\n";
const ORDER: &str =
    r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}"#;
const PARCEL: &str =
    r#"{"type": "record", "name": "Parcel", "fields": [{"name": "id", "type": "string"}]}"#;

/// A workspace of an owner and of a user whose schemas are vendored.
struct Workspace(PathBuf);

impl Workspace {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let here = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join("builds"));
        here.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"owner\", \"user\"]\n\n[profile.dev]\ndebug = false\n",
        );
        here.write(
            "Cargo.lock",
            &fs::read_to_string(root.join("../Cargo.lock")).unwrap(),
        );
        for name in ["owner", "user"] {
            here.write(
                &format!("{name}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                     dovetail-runtime = {{ path = \"{runtime}\" }}\n\n[build-dependencies]\n\
                     dovetail-codegen = {{ path = \"{codegen}\", default-features = false }}\n",
                    runtime = root.join("runtime").display(),
                    codegen = root.display(),
                ),
            );
            here.write(&format!("{name}/build.rs"), BUILD);
            here.write(&format!("{name}/src/lib.rs"), LIBRARY);
        }
        here.write("owner/dovetail.toml", OWNED);
        here.write("owner/schemas/order.avsc", ORDER);
        here.write("owner/schemas/parcel.avsc", PARCEL);
        let example = root.join("../examples/orders/consumer");
        for file in [
            "dovetail.toml",
            "dovetail.lock",
            "schemas/registry/money/v1.avsc",
            "schemas/registry/orders-value/v1.avsc",
            "schemas/registry/orders-value/v2.avsc",
            "schemas/registry/orders-value/v3.avsc",
        ] {
            let text = fs::read_to_string(example.join(file)).unwrap();
            here.write(&format!("user/{file}"), &text);
        }
        here
    }

    /// Writes a file unless it says the same already.
    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn cargo(&self) -> Output {
        let mut command = if has_namespaces() {
            let mut command = Command::new("unshare");
            command.args(["--map-root-user", "--net", env!("CARGO")]);
            command
        } else {
            Command::new(env!("CARGO"))
        };
        command
            .args(["build", "--offline", "--message-format=json"])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .env("DOVETAIL_REGISTRY", "http://127.0.0.1:1")
            .env_remove("RUSTFLAGS")
            .env_remove("DOVETAIL_MANIFEST")
            .output()
            .unwrap()
    }

    /// Builds, and says of each crate whether there was anything to do, and where its types are.
    fn build(&self) -> Built {
        let output = self.cargo();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let mut built = Built::default();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            let id = message["package_id"].as_str().unwrap_or_default();
            let Some(name) = ["owner", "user"]
                .into_iter()
                .find(|name| id.contains(&format!("builds/{name}")))
            else {
                continue;
            };
            match message["reason"].as_str() {
                Some("compiler-artifact") if message["target"]["kind"][0] == "lib" => {
                    built.fresh.insert(name, message["fresh"] == true);
                }
                Some("build-script-executed") => {
                    let out = PathBuf::from(message["out_dir"].as_str().unwrap());
                    built.out.insert(name, out.join("dovetail"));
                }
                _ => {}
            }
        }
        built
    }
}

#[derive(Default)]
struct Built {
    fresh: BTreeMap<&'static str, bool>,
    out: BTreeMap<&'static str, PathBuf>,
}

impl Built {
    /// When each generated file of the owner was written.
    fn written(&self) -> BTreeMap<String, SystemTime> {
        let files = fs::read_dir(&self.out["owner"]).unwrap();
        files
            .map(|file| {
                let file = file.unwrap();
                let name = file.file_name().into_string().unwrap();
                (name, file.metadata().unwrap().modified().unwrap())
            })
            .collect()
    }
}

/// Whether commands can be run in a network of their own, in which there is nothing. Elsewhere cargo is offline and the
/// registry's address refuses.
fn has_namespaces() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let tried = Command::new("unshare")
            .args(["--map-root-user", "--net", "true"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    })
}

#[test]
fn without_a_network_a_change_builds_again_what_depends_on_it_and_nothing_else() {
    let workspace = Workspace::new();
    let first = workspace.build();
    let all_fresh = BTreeMap::from([("owner", true), ("user", true)]);
    assert_eq!(workspace.build().fresh, all_fresh, "nothing changed");

    workspace.write(
        "owner/schemas/notes.txt",
        &format!("{:?}", SystemTime::now()),
    );
    assert_eq!(workspace.build().fresh, all_fresh, "nobody reads notes");

    let before = first.written();
    let documented = ORDER.replace("\"Order\"", "\"Order\", \"doc\": \"An order.\"");
    workspace.write("owner/schemas/order.avsc", &documented);
    let changed = workspace.build();
    let expected = BTreeMap::from([("owner", false), ("user", true)]);
    assert_eq!(changed.fresh, expected);
    let after = changed.written();
    let differ: Vec<&String> = after
        .iter()
        .filter(|(name, time)| before.get(*name) != Some(time))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(differ, ["orders_value.rs"]);

    let vendored = "user/schemas/registry/orders-value/v2.avsc";
    let text = fs::read_to_string(workspace.0.join(vendored)).unwrap();
    workspace.write(vendored, &text.replace("sku", "SKU"));
    let failed = workspace.cargo();
    let said = String::from_utf8_lossy(&failed.stderr);
    assert!(!failed.status.success());
    assert!(
        said.contains("orders-value/v2.avsc") && said.contains("dovetail pull"),
        "{said}"
    );
    workspace.write(vendored, &text);
    assert!(workspace.build().fresh["owner"]);
}
