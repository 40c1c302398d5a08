//! Rows 1 to 20: bodies, their types, and what is in them before any format is looked at.

use dovetail_tests::on_both;

use super::*;

const GOOD: &[u8] = br#"{"schema":"\"string\""}"#;

#[tokio::test(flavor = "multi_thread")]
async fn i01_empty_bodies() {
    on_every_body(&[b"", b" ", b"\r\n\t"], 400, Some(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i02_bodies_that_are_not_json() {
    let bodies: [&[u8]; 6] = [
        b"{",
        b"nul",
        b"[1,",
        b"{'schema':1}",
        b"{\"schema\":1,",
        b"{} {}",
    ];
    on_every_body(&bodies, 400, Some(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i03_json_that_is_no_object() {
    on_every_body(&[b"null", b"[]", b"\"x\"", b"1", b"true"], 422, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i04_an_empty_object() {
    let node = start().await;
    is_healthy(&node).await;
    for (method, path, code) in BODIES {
        let answer = send(&node, method, path, "{}").await;
        // Nothing is an update too, and the root takes anything.
        if path == "/" || path.starts_with("/config") {
            assert_eq!(answer.status, 200, "{path}");
        } else {
            refused(&answer, 422, code, path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_fields_of_the_wrong_type() {
    let node = start().await;
    is_healthy(&node).await;
    let fields = [
        r#""schema":1"#,
        r#""schema":{"type":"string"}"#,
        r#""schema":["string"]"#,
        r#""schema":null"#,
        r#""schema":"\"int\"","schemaType":1"#,
        r#""schema":"\"int\"","references":{}"#,
        r#""schema":"\"int\"","references":[1]"#,
        r#""schema":"\"int\"","references":[{"name":1}]"#,
        r#""schema":"\"int\"","references":[{"version":"1"}]"#,
        r#""schema":"\"int\"","references":[{"version":2147483648}]"#,
        r#""schema":"\"int\"","metadata":1"#,
        r#""schema":"\"int\"","metadata":{"properties":{"a":1}}"#,
        r#""schema":"\"int\"","ruleSet":{"domainRules":[{"name":1}]}"#,
        r#""schema":"\"int\"","id":"1""#,
        r#""schema":"\"int\"","id":1.5"#,
        r#""schema":"\"int\"","version":9223372036854775808"#,
    ];
    for (method, path, code) in BODIES.into_iter().filter(|(_, _, code)| *code == 42201) {
        for field in fields {
            let answer = send(&node, method, path, format!("{{{field}}}")).await;
            refused(&answer, 422, code, field);
        }
    }
    for (path, body, code) in [
        ("/config", r#"{"compatibility":1}"#, 42203),
        ("/config", r#"{"normalize":"true"}"#, 42203),
        ("/config", r#"{"compatibilityPolicy":{}}"#, 42203),
        ("/mode", r#"{"mode":1}"#, 42204),
        ("/mode", r#"{"mode":null}"#, 42204),
    ] {
        refused(&send(&node, "PUT", path, body).await, 422, code, body);
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_duplicate_schema_keys() {
    let node = start().await;
    is_healthy(&node).await;
    for (method, path, body) in [
        (
            "POST",
            REGISTER,
            r#"{"schema":"\"int\"","schema":"\"long\""}"#,
        ),
        (
            "POST",
            REGISTER,
            r#"{"schema":"\"int\"","schema":"\"int\""}"#,
        ),
        ("POST", REGISTER, r#"{"schema":"\"int\"","id":1,"id":2}"#),
        (
            "POST",
            REGISTER,
            r#"{"schema":"\"int\"","references":[{"name":"a","name":"b"}]}"#,
        ),
        (
            "POST",
            "/subjects/healthy",
            r#"{"schema":"\"int\"","schema":"\"string\""}"#,
        ),
        (
            "PUT",
            "/config",
            r#"{"compatibility":"NONE","compatibility":"FULL"}"#,
        ),
        ("PUT", "/mode", r#"{"mode":"READONLY","mode":"READWRITE"}"#),
    ] {
        refused(&send(&node, method, path, body).await, 400, 400, body);
    }
    is_healthy(&node).await;
    assert_eq!(node.get("/subjects").await.ok(), json!(["healthy"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn i07_a_lone_surrogate() {
    let node = start().await;
    for escape in [r"\ud800", r"\udfff", r"\ud800\ud800", r"\ud800x"] {
        let body = format!(r#"{{"schema":"\"{escape}\""}}"#);
        refused(&send(&node, "POST", REGISTER, body).await, 400, 400, escape);
    }
    is_healthy(&node).await;
}

on_both!(i08_nul_in_a_text, |node| {
    let nul = "\u{0}";
    for (schema_type, text) in [
        ("AVRO", format!("\"string\"{nul}")),
        (
            "AVRO",
            format!(r#"{{"type":"record","name":"A","doc":"{nul}","fields":[]}}"#),
        ),
        ("PROTOBUF", format!("syntax = \"proto3\"; // {nul}")),
        (
            "PROTOBUF",
            format!("syntax = \"proto3\"; message {nul} {{}}"),
        ),
        ("JSON", format!(r#"{{"title":"{nul}"}}"#)),
    ] {
        refused(
            &register(&node, schema_type, &text).await,
            422,
            42201,
            schema_type,
        );
    }
    is_healthy(&node).await;
});

on_both!(i08_nul_escaped_inside_a_schema, |node| {
    // As an escape of the schema's own, it is a character like others.
    for (schema_type, text) in [
        (
            "AVRO",
            r#"{"type":"record","name":"A","doc":"\u0000","fields":[]}"#,
        ),
        ("JSON", r#"{"title":"\u0000"}"#),
    ] {
        let answer = register(&node, schema_type, text).await;
        assert!([200, 422].contains(&answer.status), "{}", answer.text);
        if answer.status == 200 {
            let read = node.get("/subjects/a/versions/latest/schema").await;
            assert_eq!(
                read.json(),
                serde_json::from_str::<Value>(text).expect("JSON")
            );
            forget(&node).await;
        }
    }
    is_healthy(&node).await;
});

on_both!(i08_nul_beside_the_text, |node| {
    // Both databases answer alike: none stores what the other cannot.
    let inner = r#"{"type":"record","name":"Inner","fields":[]}"#;
    node.register("inner", inner).await.ok();
    let nul = "a\u{0}b";
    let in_reference = json!([{ "name": nul, "subject": "inner", "version": 1 }]);
    let in_subject = json!([{ "name": "Inner", "subject": nul, "version": 1 }]);
    for references in [in_reference, in_subject] {
        let body = json!({ "schema": "\"int\"", "references": references });
        let answer = send(&node, "POST", REGISTER, body.to_string()).await;
        refused(&answer, 422, 42201, &body.to_string());
    }
    for extras in [
        json!({ "metadata": { "properties": { "owner": nul } } }),
        json!({ "metadata": { "properties": { nul: "shop" } } }),
        json!({ "metadata": { "tags": { nul: [nul] }, "sensitive": [nul] } }),
        json!({ "ruleSet": { "domainRules": [{ "name": nul, "expr": nul, "params": { nul: nul } }] } }),
    ] {
        let mut body = extras.clone();
        body["schema"] = json!("\"int\"");
        let answer = send(&node, "POST", REGISTER, body.to_string()).await;
        assert!(
            [200, 422].contains(&answer.status),
            "{extras}: {}",
            answer.text
        );
    }
    is_healthy(&node).await;
});

#[tokio::test(flavor = "multi_thread")]
async fn i09_bodies_that_are_not_utf8() {
    let bodies: [&[u8]; 4] = [
        b"{\"schema\":\"\xff\"}",
        b"{\"compatibility\":\"\xc3\"}",
        b"{\"mode\":\"\xed\xa0\x80\"}",
        b"\xff\xfe{\0}\0",
    ];
    on_every_body(&bodies, 400, Some(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i10_a_byte_order_mark() {
    on_every_body(&[b"\xef\xbb\xbf{}", b"\xef\xbb\xbf"], 400, Some(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_a_body_over_the_limit() {
    let node = start().await;
    is_healthy(&node).await;
    let mut body = br#"{"schema":"\"int\"","padding":""#.to_vec();
    body.resize(1024 * 1024 - 2, b'x');
    body.extend(b"\"}");
    let fits = raw(&node, "POST", REGISTER, "", &body).await;
    assert_eq!(fits.status, 200, "{}", fits.text);
    body.insert(0, b' ');
    for (method, path, _) in BODIES {
        let answer = raw(&node, method, path, "", &body).await;
        refused(&answer, 413, 413, path);
        let chunks = format!(
            "{:x}\r\n{}\r\n0\r\n\r\n",
            body.len(),
            String::from_utf8_lossy(&body)
        );
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        let answer = raw_bytes(&node, format!("{head}{chunks}").into_bytes()).await;
        refused(&answer, 413, 413, path);
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i12_a_mebibyte_of_white_space() {
    let spaces = vec![b' '; 1024 * 1024];
    on_every_body(&[&spaces], 400, Some(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i13_encoded_bodies() {
    let node = start().await;
    is_healthy(&node).await;
    for (method, path, _) in BODIES {
        for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip"] {
            let headers = [("content-type", V1), ("content-encoding", encoding)];
            let answer = node.exchange(method, path, &headers, Some(GOOD)).await;
            refused(&answer, 415, 415, encoding);
        }
    }
    is_healthy(&node).await;
}

/// The first bytes of a gzip stream; they are never looked at.
#[tokio::test(flavor = "multi_thread")]
async fn i14_a_gzip_bomb() {
    let node = start().await;
    let mut bomb = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    bomb.resize(1000 * 1000, 0);
    let headers = [("content-type", V1), ("content-encoding", "gzip")];
    let answer = within(node.exchange("POST", REGISTER, &headers, Some(&bomb))).await;
    refused(&answer, 415, 415, "bomb");
    // Undeclared, it is no UTF-8.
    refused(&send(&node, "POST", REGISTER, bomb).await, 400, 400, "bomb");
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i15_to_i17_media_types_of_bodies() {
    let node = start().await;
    is_healthy(&node).await;
    for (method, path, _) in BODIES {
        // None at all, and the one that Confluent's clients send.
        for headers in [&[][..], &[("content-type", "application/octet-stream")]] {
            let answer = node.exchange(method, path, headers, Some(b"{")).await;
            refused(&answer, 400, 400, path);
        }
        for content_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "image/png",
            "json",
            "",
        ] {
            let headers = [("content-type", content_type)];
            let answer = node.exchange(method, path, &headers, Some(b"{")).await;
            refused(&answer, 415, 415, &format!("{path} {content_type}"));
        }
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i18_media_types_nobody_writes() {
    let node = start().await;
    for accept in ["image/png", "text/html", "application/json;q=0", "nonsense"] {
        for (method, path) in [
            ("GET", "/subjects"),
            ("GET", "/"),
            ("DELETE", "/subjects/healthy"),
        ] {
            let answer = node
                .exchange(method, path, &[("accept", accept)], None)
                .await;
            refused(&answer, 406, 406, accept);
        }
        let headers = [("accept", accept), ("content-type", V1)];
        let answer = node.exchange("POST", REGISTER, &headers, Some(GOOD)).await;
        refused(&answer, 406, 406, accept);
    }
    // Refused before anything happened.
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
    is_healthy(&node).await;
}

/// Where the nesting stands in the way of a known key, its shape is wrong; where it only has to be passed over, it is too deep.
#[tokio::test(flavor = "multi_thread")]
async fn i19_nested_bodies() {
    let node = start().await;
    is_healthy(&node).await;
    for depth in [128, 100_000] {
        let list = nested("[", "", "]", depth);
        for (method, path, shape_code) in BODIES {
            for key in ["schema", "compatibility", "mode", "other"] {
                let body = format!(r#"{{"{key}":{list}}}"#);
                let answer = send(&node, method, path, body).await;
                // The keys of other routes, and what comes before a missing one, are passed over.
                if answer.status == 200 {
                    assert!(
                        path == "/" || path.starts_with("/config"),
                        "{path} {key} {depth}"
                    );
                    continue;
                }
                let status = answer.status;
                let code = if status == 400 { 400 } else { shape_code };
                assert!([400, 422].contains(&status), "{path}: {}", answer.text);
                refused(&answer, status, code, &format!("{path} {key} {depth}"));
            }
        }
    }
    let unclosed = "[".repeat(500_000);
    on_every_body(&[unclosed.as_bytes()], 400, Some(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i19_nested_schemas() {
    for depth in [200, 80_000] {
        let lists = nested("[", "", "]", depth);
        let objects = nested(r#"{"type":"#, "\"int\"", "}", depth);
        let texts = [("lists", lists.clone()), ("objects", objects)];
        are_invalid("AVRO", &texts).await;
        let not = nested(r#"{"not":"#, "{}", "}", depth);
        are_invalid("JSON", &[("lists", lists), ("not", not)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i20_unknown_formats() {
    let node = start().await;
    for schema_type in [
        json!("AVROO"),
        json!("avro"),
        json!(""),
        json!(1),
        json!([]),
        json!("AVRO\u{0}"),
    ] {
        let body = json!({ "schema": "\"int\"", "schemaType": schema_type });
        for path in [REGISTER, "/compatibility/subjects/a/versions"] {
            let answer = send(&node, "POST", path, body.to_string()).await;
            refused(&answer, 422, 42201, &schema_type.to_string());
        }
    }
    let long = json!({ "schema": "\"int\"", "schemaType": "x".repeat(100_000) });
    refused(
        &send(&node, "POST", REGISTER, long.to_string()).await,
        422,
        42201,
        "long",
    );
    is_healthy(&node).await;
}
