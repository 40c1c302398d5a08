//! Reading `dovetail.toml`: what it means, and what is said about one that makes no sense.

use dovetail_codegen::{
    Time,
    manifest::{Manifest, Source, VersionRequest},
};
use dovetail_model::{CompatibilityLevel, SchemaType, Version};

fn parse(text: &str) -> Manifest {
    Manifest::parse("some/dovetail.toml".as_ref(), text).expect("a manifest")
}

fn refusal(text: &str) -> String {
    let refused = Manifest::parse("some/dovetail.toml".as_ref(), text);
    refused.expect_err("a refusal").to_string()
}

fn version(number: i64) -> Version {
    Version::new(number).expect("a version")
}

#[test]
fn a_subject_is_owned_or_used() {
    let manifest = parse(
        r#"
        registry = "http://127.0.0.1:8081"
        [[subject]]
        name = "orders-value"
        file = "schemas/order.avsc"
        compatibility = "FULL_TRANSITIVE"
        [[subject]]
        name = ":.staging:payments-value"
        version = 4
        also = [3]
        [[subject]]
        name = "refunds-value"
        [codegen]
        out = "src/events"
        time = "jiff"
        strip-namespace = "com.acme"
        "#,
    );
    let Source::Owned {
        file,
        schema_type,
        compatibility,
    } = &manifest.subjects[0].source
    else {
        panic!("orders are owned");
    };
    assert_eq!(file.to_str(), Some("schemas/order.avsc"));
    assert_eq!(*schema_type, SchemaType::Avro);
    assert_eq!(*compatibility, Some(CompatibilityLevel::FullTransitive));

    let used: Vec<_> = manifest.used().collect();
    assert_eq!(used.len(), 2);
    assert_eq!(used[0].0.name.context.as_str(), ".staging");
    assert_eq!(used[0].0.also, [version(3)]);
    assert_eq!(*used[0].1, VersionRequest::from(version(4)));
    assert_eq!(*used[1].1, VersionRequest::Latest);

    assert_eq!(manifest.codegen.out.as_deref(), Some("src/events".as_ref()));
    assert_eq!(manifest.codegen.options.time, Time::Jiff);
    assert_eq!(
        manifest.codegen.options.strip_namespace.as_deref(),
        Some("com.acme")
    );
}

#[test]
fn a_range_allows_what_it_says() {
    for (text, allowed, refused) in [
        ("3", &[3][..], &[2, 4][..]),
        (">=2, <5", &[2, 4], &[1, 5]),
        (">2", &[3, 2_147_483_647], &[2]),
        ("<=2", &[1, 2], &[3]),
        ("=7", &[7], &[6, 8]),
        ("latest", &[1, 9], &[]),
    ] {
        let request: VersionRequest = text.parse().expect(text);
        assert!(
            allowed.iter().all(|one| request.allows(version(*one))),
            "{text}"
        );
        assert!(
            !refused.iter().any(|one| request.allows(version(*one))),
            "{text}"
        );
        assert_eq!(request.to_string(), text);
    }
    for text in [
        "",
        "0",
        "newest",
        "^3",
        ">=5, <5",
        "3.1",
        "<1",
        "4294967296",
    ] {
        assert!(text.parse::<VersionRequest>().is_err(), "{text:?}");
    }
}

#[test]
fn a_refusal_names_the_file_the_line_and_the_fix() {
    let cases = [
        (
            "[[subject]]\nname = \"a\"\n[[subject]]\nname = \"a\"\n",
            "line 3: subject \"a\" is listed already at line 1",
        ),
        (
            "\n[[subject]]\nname = \"a\"\nfile = \"a.avsc\"\nversion = 3\n",
            "line 2: subject \"a\" has both `file` and `version`",
        ),
        (
            "[[subject]]\nname = \"a\"\nfile = \"a.txt\"\n",
            "name it .avsc, .proto or .json",
        ),
        (
            "[[subject]]\nname = \"a\"\ncompatibility = \"FULL\"\n",
            "its owner decides these",
        ),
        (
            "[[subject]]\nname = \"a\"\nalso = [0]\n",
            "which is no version",
        ),
        (
            "[[subject]]\nname = \"a\"\nalso = [2, 2]\n",
            "lists version 2 twice",
        ),
        (
            "[[subject]]\nname = \"a\"\nversion = 0\n",
            "version \"0\" is neither",
        ),
        ("[[subject]]\nname = \"a\"\nverison = 3\n", "verison"),
        ("[[subject]]\nname = \"\"\n", "it is empty"),
        (
            "[codegen]\ntmie = \"jiff\"\n",
            "line 1: [codegen]: unknown field `tmie`",
        ),
        ("[codegen]\ntime = \"joda\"\n", "unknown variant `joda`"),
        ("registry = \n", "line 1"),
    ];
    for (text, expected) in cases {
        let said = refusal(text);
        assert!(said.starts_with("some/dovetail.toml: "), "{said}");
        assert!(said.contains(expected), "{text}\n{said}");
    }
}

#[test]
fn a_missing_manifest_says_how_to_get_one() {
    let missing = Manifest::read("/nowhere/dovetail.toml".as_ref()).expect_err("no file");
    assert!(missing.to_string().contains("`dovetail init`"), "{missing}");
}
