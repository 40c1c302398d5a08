//! Rows 56 to 58: ids, versions and queries.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn i56_ids_that_are_none() {
    let node = start().await;
    is_healthy(&node).await;
    for tail in ["", "/schema", "/subjects", "/versions"] {
        for id in [
            "-1",
            "0",
            "2147483647",
            "2147483648",
            "9223372036854775808",
            "-0",
            "99999999999999999999999999",
        ] {
            let answer = raw(&node, "GET", &format!("/schemas/ids/{id}{tail}"), "", b"").await;
            refused(&answer, 404, 40403, id);
        }
        for id in [
            "01",
            "+1",
            "1e3",
            "abc",
            "1.0",
            "0x1",
            "1_000",
            "%31%20",
            "%2B1",
            "--1",
            "%EF%BC%91",
            "1%00",
        ] {
            let answer = raw(&node, "GET", &format!("/schemas/ids/{id}{tail}"), "", b"").await;
            refused(&answer, 404, 404, id);
        }
    }
    let long = "1".repeat(5000);
    let answer = raw(&node, "GET", &format!("/schemas/ids/{long}"), "", b"").await;
    refused(&answer, 404, 40403, "long");
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i57_versions_that_are_none() {
    let node = start().await;
    is_healthy(&node).await;
    let body = br#"{"schema":"\"string\""}"#;
    for version in [
        "0",
        "-2",
        "2147483648",
        "abc",
        "1e3",
        "+1",
        "1.0",
        "latest1",
        "%00",
        "9223372036854775808",
        "--1",
        "%EF%BC%91",
    ] {
        for (method, path, body) in [
            (
                "GET",
                format!("/subjects/healthy/versions/{version}"),
                &b""[..],
            ),
            (
                "GET",
                format!("/subjects/healthy/versions/{version}/schema"),
                b"",
            ),
            (
                "GET",
                format!("/subjects/healthy/versions/{version}/referencedby"),
                b"",
            ),
            (
                "DELETE",
                format!("/subjects/healthy/versions/{version}"),
                b"",
            ),
            (
                "POST",
                format!("/compatibility/subjects/healthy/versions/{version}"),
                body,
            ),
        ] {
            let answer = raw(&node, method, &path, "", body).await;
            refused(&answer, 422, 42202, &path);
        }
    }
    for version in ["2", "2147483647", "999"] {
        let answer = node
            .get(&format!("/subjects/healthy/versions/{version}"))
            .await;
        refused(&answer, 404, 40402, version);
    }
    for version in ["latest", "LATEST", "lAtEsT", "-1", "1"] {
        let answer = node
            .get(&format!("/subjects/healthy/versions/{version}"))
            .await;
        assert_eq!(answer.ok()["version"], 1, "{version}");
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i58_queries() {
    let node = start().await;
    is_healthy(&node).await;
    for query in [
        "deleted=maybe",
        "deleted=2",
        "deleted=true&deleted=false",
        "deleted=true&deleted=true",
        "deletedOnly=%00",
        "deleted=%zz",
        "deleted=%ff",
        "%zz=1",
        "%",
        "subjectPrefix=a&subjectPrefix=b",
    ] {
        let answer = raw(&node, "GET", &format!("/subjects?{query}"), "", b"").await;
        refused(&answer, 400, 400, query);
    }
    let body = br#"{"schema":"\"string\""}"#;
    for query in [
        "normalize=maybe",
        "normalize=1",
        "normalize=true&normalize=true",
    ] {
        let answer = raw(&node, "POST", &format!("{REGISTER}?{query}"), "", body).await;
        refused(&answer, 400, 400, query);
    }
    for query in [
        "",
        "&",
        "&&==&",
        "unknown=1&unknown=2",
        "deleted",
        "deleted=",
        "deleted=TRUE",
        "=true",
    ] {
        let answer = raw(&node, "GET", &format!("/subjects?{query}"), "", b"").await;
        assert_eq!(answer.ok(), json!(["healthy"]), "{query}");
    }
    let many = raw(
        &node,
        "GET",
        &format!("/subjects?{}", "k=1&".repeat(10_000)),
        "",
        b"",
    )
    .await;
    refused(&many, 414, 414, "10,000 keys");
    is_healthy(&node).await;
}
