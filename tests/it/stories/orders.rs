//! The order domain of `examples/`: a referenced type, a change that breaks nobody, and one that is refused with a reason.

use std::path::Path;

use dovetail_tests::{Answer, Node, on_both};
use serde_json::{Value, json};

fn example(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/orders")
        .join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// How a format is spelled: its type, its folder, how its files end, and what an order calls the type it refers to.
struct Format {
    schema_type: &'static str,
    folder: &'static str,
    ending: &'static str,
    reference: &'static str,
    /// The rule that refuses the broken change.
    rule: &'static str,
}

impl Format {
    fn body(&self, name: &str, references: &Value) -> Value {
        let text = example(&format!("{}/{name}.{}", self.folder, self.ending));
        json!({ "schemaType": self.schema_type, "schema": text, "references": references })
    }

    fn order(&self, name: &str) -> Value {
        let money = json!([{ "name": self.reference, "subject": "money", "version": 1 }]);
        self.body(name, &money)
    }

    async fn tell(&self, node: &Node) {
        let money = node
            .post("/subjects/money/versions", &self.body("money", &json!([])))
            .await;
        assert_eq!(money.version(), 1);

        let register = async |name: &str| -> Answer {
            node.post("/subjects/orders-value/versions", &self.order(name))
                .await
        };
        let first = register("order.v1").await;
        assert_eq!(first.version(), 1);
        assert_eq!(register("order.v2").await.version(), 2);
        assert_eq!(
            register("order.v1").await.id(),
            first.id(),
            "registering again changes nothing"
        );

        let refused = register("order.broken").await;
        assert_eq!(refused.refusal(), (409, 40901), "{}", refused.text);
        assert!(refused.text.contains(self.rule), "{}", refused.text);

        let path = "/compatibility/subjects/orders-value/versions/latest?verbose=true";
        let verdict = node.post(path, &self.order("order.broken")).await.ok();
        assert_eq!(verdict["is_compatible"], json!(false));
        assert!(
            verdict["messages"][0]
                .as_str()
                .is_some_and(|message| message.contains(self.rule)),
            "{verdict}"
        );

        let stored = node.get("/subjects/orders-value/versions/2").await.ok();
        assert_eq!(stored["references"][0]["subject"], "money");
        assert_eq!(
            node.get("/subjects/money/versions/1/referencedby")
                .await
                .ok()
                .as_array()
                .map(Vec::len),
            Some(2)
        );
    }
}

on_both!(
    avro_orders_evolve_and_a_breaking_change_is_refused,
    |node| {
        let format = Format {
            schema_type: "AVRO",
            folder: "avro",
            ending: "avsc",
            reference: "shop.Money",
            rule: "READER_FIELD_MISSING_DEFAULT_VALUE",
        };
        format.tell(&node).await;
    }
);

on_both!(
    protobuf_orders_evolve_and_a_breaking_change_is_refused,
    |node| {
        let format = Format {
            schema_type: "PROTOBUF",
            folder: "protobuf",
            ending: "proto",
            reference: "money.proto",
            rule: "FIELD_SCALAR_KIND_CHANGED",
        };
        format.tell(&node).await;
    }
);

on_both!(
    json_orders_evolve_and_a_breaking_change_is_refused,
    |node| {
        let format = Format {
            schema_type: "JSON",
            folder: "json",
            ending: "schema.json",
            reference: "money.schema.json",
            rule: "REQUIRED_ATTRIBUTE_ADDED",
        };
        format.tell(&node).await;
    }
);
