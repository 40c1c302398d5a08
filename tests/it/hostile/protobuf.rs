//! Rows 30 to 37: Protobuf.

use super::*;

fn proto3(text: &str) -> String {
    format!("syntax = \"proto3\";\n{text}")
}

#[tokio::test(flavor = "multi_thread")]
async fn i30_option_values_nested_deep() {
    let of = |depth: usize| {
        proto3(&format!(
            "option (o) = {};",
            nested("{ o: ", "1", "}", depth)
        ))
    };
    let lists = |depth: usize| {
        proto3(&format!(
            "option (o) = {};",
            nested("{ o: [", "1", "]}", depth)
        ))
    };
    let unclosed = proto3(&format!("option (o) = {}", "{ o: ".repeat(100_000)));
    let texts = [
        ("960", of(960)),
        ("1,000", of(1000)),
        ("20,000", of(20_000)),
        ("1,000 lists", lists(1000)),
        ("20,000 lists", lists(20_000)),
        ("unclosed", unclosed),
    ];
    are_invalid("PROTOBUF", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i31_an_option_path_of_many_parts() {
    let of = |parts: usize| {
        proto3(&format!(
            "option (o).{} = 1;",
            joined(parts, ".", |_| "a".to_owned())
        ))
    };
    are_invalid("PROTOBUF", &[("5,000", of(5000)), ("100,000", of(100_000))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i32_a_package_of_many_parts() {
    let of = |parts: usize| {
        proto3(&format!(
            "package {};",
            joined(parts, ".", |_| "a".to_owned())
        ))
    };
    are_invalid(
        "PROTOBUF",
        &[("50,000", of(50_000)), ("100,000", of(100_000))],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i33_messages_and_groups_nested_deep() {
    let messages = |depth: usize| proto3(&nested("message M {", "", "}", depth));
    let groups = |depth: usize| {
        let inner = nested("optional group G = 1 {", "", "}", depth);
        format!("syntax = \"proto2\"; message M {{{inner}}}")
    };
    let texts = [
        ("messages", messages(300)),
        ("very many messages", messages(50_000)),
        ("groups", groups(500)),
        ("very many groups", groups(20_000)),
        ("unclosed", proto3(&"message M {".repeat(50_000))),
    ];
    are_invalid("PROTOBUF", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i34_imports_of_what_is_not_there() {
    let names = [
        "a",
        "a.proto",
        "/etc/passwd",
        "../x.proto",
        "./x.proto",
        "http://127.0.0.1/x.proto",
        "",
        "google/protobuf/nothing.proto",
        "C:\\x.proto",
        "file:///etc/passwd",
    ];
    let texts = names.map(|name| (name, proto3(&format!("import \"{name}\"; message M {{}}"))));
    let node = start().await;
    for (what, text) in &texts {
        let answer = register(&node, "PROTOBUF", text).await;
        refused(&answer, 422, 42201, what);
        assert!(!answer.text.contains("root:"), "{}", answer.text);
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i34_imports_that_lead_back() {
    let node = start().await;
    let import =
        |name: &str, message: &str| proto3(&format!("import \"{name}\"; message {message} {{}}"));
    let body = |text: &str, name: &str, subject: &str| {
        json!({
            "schemaType": "PROTOBUF", "schema": text,
            "references": [{ "name": name, "subject": subject, "version": 1 }],
        })
        .to_string()
    };
    // b imports a file that only its referrer would bring.
    node.register_as("PROTOBUF", "b", &proto3("message B {}"))
        .await
        .ok();
    let a = import("b.proto", "A");
    let answer = send(&node, "POST", REGISTER, body(&a, "b.proto", "b")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    // A cycle through names: the text called a.proto imports a.proto.
    let cyclic = import("a.proto", "C");
    let answer = send(
        &node,
        "POST",
        "/subjects/c/versions",
        body(&cyclic, "b.proto", "a"),
    )
    .await;
    refused(&answer, 422, 42201, "cyclic");
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i35_very_many_of_anything() {
    let ranges = joined(60_000, ",", |n| (2 * n + 1).to_string());
    let values = joined(30_000, " ", |n| format!("V{n} = {n};"));
    let fields = joined(30_000, " ", |n| {
        let number = if n < 18_999 { n + 1 } else { n + 1001 };
        format!("int32 f{n} = {number};")
    });
    let texts = [
        (
            "reserved ranges",
            proto3(&format!("message M {{ reserved {ranges}; }}")),
        ),
        ("enum values", proto3(&format!("enum E {{ {values} }}"))),
        ("fields", proto3(&format!("message M {{ {fields} }}"))),
        (
            "messages",
            proto3(&joined(30_000, " ", |n| format!("message M{n} {{}}"))),
        ),
        (
            "imports",
            proto3(&joined(20_000, " ", |n| format!("import \"{n}\";"))),
        ),
        ("semicolons", proto3(&";".repeat(900_000))),
        (
            "one string",
            proto3(&format!(
                "option java_package = {};",
                "\"a\" ".repeat(100_000)
            )),
        ),
    ];
    are_settled("PROTOBUF", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i36_numbers_of_fields_that_are_none() {
    let numbers = [
        "0",
        "-1",
        "19000",
        "19999",
        "536870912",
        "4294967296",
        "18446744073709551616",
        "1.5",
        "x",
    ];
    let mut texts: Vec<(&str, String)> = numbers
        .iter()
        .map(|number| {
            (
                *number,
                proto3(&format!("message M {{ int32 f = {number}; }}")),
            )
        })
        .collect();
    texts.push(("twice", proto3("message M { int32 a = 1; int32 b = 1; }")));
    texts.push((
        "a name twice",
        proto3("message M { int32 a = 1; int32 a = 2; }"),
    ));
    texts.push(("no zero value", proto3("enum E { A = 1; }")));
    texts.push(("reserved", proto3("message M { reserved 1; int32 a = 1; }")));
    are_invalid("PROTOBUF", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i37_texts_that_do_not_end() {
    let texts = [
        ("a comment", proto3("/* never closed")),
        ("a string", proto3("option java_package = \"never closed")),
        ("a message", proto3("message M { int32 a = 1;")),
        (
            "a long comment",
            proto3(&format!("/* {}", "x".repeat(900_000))),
        ),
        ("garbage", "\u{1}\u{2}\u{3}".to_owned()),
        ("no syntax at all", "message".to_owned()),
    ];
    are_invalid("PROTOBUF", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i37_a_long_comment() {
    let text = proto3(&format!("/* {} */ message M {{}}", "x".repeat(200_000)));
    let lines = proto3(&format!("{} message M {{}}", "// x\n".repeat(40_000)));
    are_taken("PROTOBUF", &[("block", text), ("lines", lines)]).await;
}
