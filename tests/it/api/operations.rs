//! What operators ask: health and counters. The contract itself is in `openapi.rs`.

use dovetail_tests::{Answer, Database, Node, on_both};

use super::*;

on_both!(health_is_told, |node| {
    assert_eq!(
        node.get("/health/live").await.ok(),
        json!({ "status": "live" })
    );
    assert_eq!(
        node.get("/health/ready").await.ok(),
        json!({ "status": "ready" })
    );
});

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_its_database_is_live_and_not_ready() {
    let nowhere = Database::at("postgres://nobody@127.0.0.1:1/none");
    let node = Node::listening(&nowhere, &[]).await;
    assert_eq!(
        node.get("/health/live").await.ok(),
        json!({ "status": "live" })
    );
    let waiting = async |method: &str, path: &str| {
        let answer = node.send(method, path, None).await;
        assert_eq!(answer.refusal(), (503, 50001), "{method} {path}");
        assert_eq!(answer.header("retry-after"), "1");
    };
    for path in [
        "/health/ready",
        "/subjects",
        "/schemas/ids/1",
        "/config",
        "/mode",
        "/contexts",
    ] {
        waiting("GET", path).await;
    }
    waiting("DELETE", "/subjects/a").await;
    let answer = node.register("a", STRING).await;
    assert_eq!(answer.refusal(), (503, 50001));
    // What needs no database is there.
    for path in ["/", "/schemas/types", "/metrics", "/openapi.yaml"] {
        assert_eq!(node.get(path).await.status, 200, "{path}");
    }
}

/// The value of one line of the counters.
#[track_caller]
fn value(metrics: &Answer, series: &str) -> u64 {
    let line = metrics
        .text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("no {series} in:\n{}", metrics.text));
    line.parse().expect("a count")
}

on_both!(what_happens_is_counted, |node| {
    let before = node.get("/metrics").await;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(before.header("content-type"), content_type);
    assert!(before.text.ends_with("# EOF\n"));
    assert_eq!(value(&before, "dovetail_schemas"), 0);

    node.register("a", STRING).await.ok();
    node.register("a", STRING).await.ok();
    node.register("b", STRING).await.ok();
    node.register(":.ctx:b", STRING).await.ok();
    node.get("/subjects/nobody/versions").await;
    node.level("a", "NONE").await.ok();

    let after = node.get("/metrics").await;
    let request = |method: &str, route: &str, status: u16| {
        format!(
            "dovetail_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"
        )
    };
    let versions = "/subjects/{subject}/versions";
    assert_eq!(value(&after, &request("POST", versions, 200)), 4);
    assert_eq!(value(&after, &request("GET", versions, 404)), 1);
    assert_eq!(value(&after, &request("PUT", "/config/{subject}", 200)), 1);
    let latency = format!("dovetail_http_request_duration_seconds_count{{route=\"{versions}\"}}");
    assert_eq!(value(&after, &latency), 5);
    // Repeating a registration commits nothing.
    assert_eq!(value(&after, "dovetail_commits_total"), 4);
    assert_eq!(value(&after, "dovetail_changes_total"), 4);
    assert_eq!(value(&after, "dovetail_log_sequence"), 4);
    assert_eq!(value(&after, "dovetail_schemas"), 2);
    assert_eq!(value(&after, "dovetail_commits_failed_total"), 0);
});

on_both!(counters_do_not_grow_with_what_clients_invent, |node| {
    for path in ["/nowhere/1", "/nowhere/2", "/subjects/a/versions/b/c/d"] {
        assert_eq!(node.get(path).await.status, 404);
    }
    for method in ["INVENTED", "OTHER"] {
        assert_eq!(node.send(method, "/subjects", None).await.status, 405);
    }
    let metrics = node.get("/metrics").await.text;
    for word in ["nowhere", "INVENTED", "OTHER"] {
        assert!(!metrics.contains(word), "{word}");
    }
});
