//! Rows 46 to 53 and 55: what a path may name. Targets are sent byte by byte, since clients like to tidy them up.

use super::*;

const BODY: &[u8] = br#"{"schema":"\"int\""}"#;

async fn register_raw(node: &Node, segment: &str) -> Answer {
    raw(
        node,
        "POST",
        &format!("/subjects/{segment}/versions"),
        "",
        BODY,
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn i46_an_empty_subject() {
    let node = start().await;
    for (method, path) in [
        ("GET", "/subjects//versions"),
        ("POST", "/subjects//versions"),
        ("GET", "/subjects//versions/1"),
        ("DELETE", "/subjects//versions/1"),
        ("GET", "/config//"),
        ("PUT", "/config//"),
        ("GET", "/mode//"),
        ("POST", "/compatibility/subjects//versions"),
        ("GET", "/schemas/ids/"),
        ("GET", "/schemas/guids/"),
    ] {
        let body: &[u8] = if ["POST", "PUT"].contains(&method) {
            BODY
        } else {
            b""
        };
        let answer = raw(&node, method, path, "", body).await;
        refused(&answer, 404, 404, &format!("{method} {path}"));
    }
    // A slash at the end names no subject; it changes nothing.
    for method in ["DELETE", "POST"] {
        let answer = raw(&node, method, "/subjects/", "", BODY).await;
        refused(&answer, 405, 405, method);
    }
    // A context alone is a scope, not a subject.
    for segment in [":.ctx:", ":.:", ":.__GLOBAL:", "%3A.ctx%3A"] {
        refused(&register_raw(&node, segment).await, 422, 42208, segment);
    }
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i47_to_i49_dots_and_slashes_are_part_of_a_name() {
    let node = start().await;
    let names = [
        ("..", ".."),
        (".", "."),
        ("%2e%2e%2f", "../"),
        ("%2E", "."),
        ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("a%5Cb", "a\\b"),
        ("%2e%2e%2f%2e%2e%2fetc%2fpasswd", "../../etc/passwd"),
    ];
    for (segment, name) in names {
        let answer = register_raw(&node, segment).await;
        assert_eq!(answer.status, 200, "{segment}: {}", answer.text);
        let path = format!("/subjects/{segment}/versions/1");
        let read = raw(&node, "GET", &path, "", b"").await;
        assert_eq!(read.ok()["subject"], name);
    }
    let mut expected: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(node.get("/subjects").await.ok(), json!(expected));
    // A slash that is not encoded divides the path.
    let divided = raw(&node, "POST", "/subjects/a/b/versions", "", BODY).await;
    refused(&divided, 404, 404, "a/b");
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i50_control_characters_and_bad_escapes() {
    let node = start().await;
    for segment in [
        "%00", "a%00b", "%01", "%0a", "%0D", "%1f", "%7f", "%C2%80", "%C2%9F", "%09",
    ] {
        refused(&register_raw(&node, segment).await, 422, 42208, segment);
    }
    for segment in [
        "%ff",
        "%zz",
        "%",
        "%2",
        "a%",
        "%C3",
        "%-1",
        "%E2%82",
        "%ED%A0%80",
    ] {
        refused(&register_raw(&node, segment).await, 400, 400, segment);
    }
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i51_names_that_look_alike_are_distinct() {
    let node = start().await;
    // Composed, decomposed, a zero width, a mark for the direction, Cyrillic, a lone accent.
    let names = [
        "%C3%A9",
        "e%CC%81",
        "a%E2%80%8B",
        "a",
        "a%E2%80%8F",
        "%D0%B0",
        "%CC%81",
    ];
    for segment in names {
        let answer = register_raw(&node, segment).await;
        assert!(
            [200, 422].contains(&answer.status),
            "{segment}: {}",
            answer.text
        );
        if answer.status == 422 {
            refused(&answer, 422, 42208, segment);
        }
    }
    let listed = node.get("/subjects").await.ok();
    let listed = listed.as_array().expect("names");
    assert!(
        listed.contains(&json!("\u{e9}")) && listed.contains(&json!("e\u{301}")),
        "{listed:?}"
    );
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i52_long_names_and_paths() {
    let node = start().await;
    for name in [
        "x".repeat(1024),
        "%C3%A9".repeat(512),
        "%E2%82%AC".repeat(341),
    ] {
        assert_eq!(
            register_raw(&node, &name).await.status,
            200,
            "{}",
            name.len()
        );
    }
    for name in [
        "x".repeat(1025),
        "%C3%A9".repeat(513),
        "%E2%82%AC".repeat(342),
    ] {
        refused(&register_raw(&node, &name).await, 422, 42208, "long");
    }
    for bytes in [8 * 1024, 70 * 1024, 900 * 1024] {
        let answer = register_raw(&node, &"x".repeat(bytes)).await;
        refused(&answer, 414, 414, &bytes.to_string());
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i53_names_that_mean_something() {
    let node = start().await;
    for segment in [
        "__GLOBAL",
        "__EMPTY",
        ":.ctx:__GLOBAL",
        ":.__GLOBAL:a",
        ":.ctx",
        ":.",
    ] {
        refused(&register_raw(&node, segment).await, 422, 42208, segment);
    }
    // Wildcards mean something in queries only, and one colon nothing at all.
    for (segment, name) in [
        ("*", "*"),
        (":*:a", ":*:a"),
        (":", ":"),
        ("::", "::"),
        (":a:", ":a:"),
        (":.c:a", ":.c:a"),
    ] {
        let answer = register_raw(&node, segment).await;
        assert_eq!(answer.status, 200, "{segment}: {}", answer.text);
        let path = format!("/subjects/{segment}/versions/1");
        let read = raw(&node, "GET", &path, "", b"").await;
        assert_eq!(read.ok()["subject"], name);
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i54_names_like_routes_are_names() {
    let node = start().await;
    for name in [
        "versions",
        "validate-x",
        "match-x",
        "ids",
        "types",
        "config",
        "schemas",
    ] {
        assert_eq!(register_raw(&node, name).await.status, 200, "{name}");
        let read = node.get(&format!("/subjects/{name}/versions/latest")).await;
        assert_eq!(read.ok()["subject"], name);
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i55_paths_that_are_nearly_a_route() {
    let node = start().await;
    node.register("a", "\"int\"").await.ok();
    for path in [
        "/subjects//",
        "//subjects",
        "/Subjects",
        "/SUBJECTS/a/versions",
        "/subjects;x=1",
        "/%73ubjects",
        "/subjects/a/versions//",
        "/subjects/a/versions//1",
        "/subjects/a//versions",
        "/subjects/a/versions/1//",
        "/subjects/a/versions/1/schema//",
        "/subjects/a/../a/versions",
        "/./subjects",
        "/subjects/./a/versions",
        "/config//",
        "/schemas//",
        "/schemas/ids/",
        "/health",
        "/metrics//",
        "/openapi.yml",
        "/api/v1/hooks",
        "/subjects%2Fa%2Fversions",
    ] {
        for headers in ["", "Authorization: Basic YTpi\r\n"] {
            let answer = raw(&node, "GET", path, headers, b"").await;
            refused(&answer, 404, 404, path);
        }
    }
    is_healthy(&node).await;
}
