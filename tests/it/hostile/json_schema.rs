//! Rows 38 to 43: JSON Schema.

use tokio::net::TcpListener;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn i38_references_that_lead_outside() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (http, https) = (
        format!("http://{address}/x.json"),
        format!("https://{address}/x.json"),
    );
    let targets = [
        http.as_str(),
        &https,
        "file:///etc/passwd",
        "x.json",
        "../x.json",
        "urn:example:x",
    ];
    let mut texts = Vec::new();
    for target in targets {
        texts.push((target, json!({ "$ref": target }).to_string()));
        texts.push((
            target,
            json!({ "properties": { "a": { "$ref": format!("{target}#/definitions/b") } } })
                .to_string(),
        ));
    }
    let based = json!({ "$id": format!("http://{address}/base/"), "$ref": "other.json" });
    texts.push(("a base", based.to_string()));
    are_invalid("JSON", &texts).await;
    // Nobody came to fetch anything.
    let came = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await;
    assert!(came.is_err(), "somebody connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn i39_references_to_oneself() {
    let cycle = joined(1000, ",", |n| {
        format!(r##""d{n}":{{"$ref":"#/definitions/d{}"}}"##, (n + 1) % 1000)
    });
    let texts = [
        ("empty", r#"{"$ref":""}"#.to_owned()),
        ("itself", r##"{"$ref":"#"}"##.to_owned()),
        (
            "its own place",
            r##"{"properties":{"a":{"$ref":"#/properties/a"}}}"##.to_owned(),
        ),
        (
            "a cycle",
            format!(r##"{{"definitions":{{{cycle}}},"$ref":"#/definitions/d0"}}"##),
        ),
        (
            "a tree",
            r##"{"type":"object","properties":{"left":{"$ref":"#"},"right":{"$ref":"#"}}}"##
                .to_owned(),
        ),
        (
            "through combinations",
            r##"{"allOf":[{"$ref":"#"},{"anyOf":[{"$ref":"#"}]}]}"##.to_owned(),
        ),
    ];
    are_settled("JSON", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i40_layers_of_doubled_references() {
    for (keyword, layers) in [("allOf", 40), ("anyOf", 40), ("oneOf", 40)] {
        let definitions = joined(layers, ",", |n| {
            let next = format!(r##"{{"$ref":"#/definitions/d{}"}}"##, n + 1);
            format!(r#""d{n}":{{"{keyword}":[{next},{next}]}}"#)
        });
        let text = format!(
            r##"{{"definitions":{{{definitions},"d{layers}":{{"type":"string"}}}},"$ref":"#/definitions/d0"}}"##
        );
        let properties = text.replace("\"type\":\"string\"", "\"type\":\"object\"");
        are_settled("JSON", &[(keyword, text), ("objects", properties)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i40_doubled_layers_that_differ() {
    let node = start().await;
    let layered = |leaf: &str| {
        let definitions = joined(40, ",", |n| {
            let next = format!(r##"{{"$ref":"#/definitions/d{}"}}"##, n + 1);
            format!(r#""d{n}":{{"anyOf":[{next},{next}]}}"#)
        });
        format!(
            r##"{{"definitions":{{{definitions},"d40":{{"type":"{leaf}"}}}},"$ref":"#/definitions/d0"}}"##
        )
    };
    let first = register(&node, "JSON", &layered("string")).await;
    if first.status == 200 {
        let second = register(&node, "JSON", &layered("integer")).await;
        assert!([409, 422].contains(&second.status), "{}", second.text);
        assert!(!second.text.contains("took more than"), "{}", second.text);
    } else {
        refused(&first, 422, 42201, "layers");
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i41_patterns_that_backtrack() {
    let patterns = [
        r"^(a+)+\1$",
        "(a{1,1000}){1,1000}",
        "^(a|a)*$",
        "(x+x+)+y",
        "(?=a)(?!b)c",
    ];
    let texts = patterns.map(|pattern| {
        (
            pattern,
            json!({ "type": "string", "pattern": pattern }).to_string(),
        )
    });
    are_settled("JSON", &texts).await;
    let keys = patterns.map(|pattern| {
        let text = json!({ "patternProperties": { pattern: { "type": "string" } }, "properties": { "a": {} } });
        (pattern, text.to_string())
    });
    are_settled("JSON", &keys).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i41_patterns_that_are_none() {
    let patterns = ["(", "[", "a{2,1}", "*", "\\"];
    let texts = patterns.map(|pattern| {
        (
            pattern,
            json!({ "type": "string", "pattern": pattern }).to_string(),
        )
    });
    are_invalid("JSON", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i42_dialects_nobody_knows() {
    let of = |dialect: &str| json!({ "$schema": dialect, "type": "string" }).to_string();
    let dialects = [
        "http://example.com/schema#",
        "http://json-schema.org/draft-03/schema#",
        "",
        "nonsense",
    ];
    let texts = dialects.map(|dialect| (dialect, of(dialect)));
    are_settled("JSON", &texts).await;
    let wrong = [
        json!({ "$schema": 1 }),
        json!({ "$schema": ["http://json-schema.org/draft-07/schema#"] }),
    ];
    let texts = wrong.map(|text| ("a number or a list", text.to_string()));
    are_invalid("JSON", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i43_very_many_of_anything() {
    let values = joined(100_000, ",", |n| n.to_string());
    let properties = joined(20_000, ",", |n| format!(r#""p{n}":{{"type":"string"}}"#));
    let required = joined(50_000, ",", |n| format!(r#""p{n}""#));
    let branches = joined(10_000, ",", |n| format!(r#"{{"const":{n}}}"#));
    let texts = [
        ("enum", format!(r#"{{"enum":[{values}]}}"#)),
        (
            "properties",
            format!(r#"{{"type":"object","properties":{{{properties}}}}}"#),
        ),
        (
            "required",
            format!(r#"{{"type":"object","required":[{required}]}}"#),
        ),
        ("anyOf", format!(r#"{{"anyOf":[{branches}]}}"#)),
        ("oneOf", format!(r#"{{"oneOf":[{branches}]}}"#)),
    ];
    are_settled("JSON", &texts).await;
}
