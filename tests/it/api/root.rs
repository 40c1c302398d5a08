//! `/`: whether anybody is there.

use dovetail_tests::on_both;
use serde_json::json;

on_both!(root_answers_an_empty_object, |node| {
    assert_eq!(node.get("/").await.ok(), json!({}));
    assert_eq!(
        node.post("/", &json!({ "anything": 1 })).await.ok(),
        json!({})
    );
});
