//! Every route through the client, on both databases.

use dovetail_client::{
    Batch, Check, ConfigChange, Deletion, ListAssociations, ListOfId, ListSchemas, ListSubjects,
    ListVersions, LookUp, ReadSchema, ReadVersion, Register, RemoveAssociations, SetMode, blocking,
};
use dovetail_model::{
    AssociationType, CompatibilityLevel, EntityType, Lifecycle, Mode, Reference, SchemaEntity,
    SchemaTags, SchemaType, Version, VersionSpec,
    bodies::{
        AssociationBatchGet, AssociationGet, AssociationItem, AssociationRequest,
        AssociationResult, BatchItem, BatchOutcome, BatchRequest, ExplainRequest, ExplainSide,
        SubjectVersion, TagRequest,
    },
};
use dovetail_tests::{avro_record, on_both};
use serde_json::Value;

use super::{avro, client, register};

const FIRST: VersionSpec = VersionSpec::Number(Version::FIRST);

on_both!(a_schema_is_registered_read_and_deleted, |node| {
    let client = client(&node);
    let order = avro_record(&["id"]);
    let registered = register(&client, "a/b :ü", &order).await.unwrap();
    assert_eq!(registered.version, Some(Version::FIRST));
    let again = register(&client, "a/b :ü", &order).await.unwrap();
    assert_eq!(again, registered);

    let latest = client.latest("a/b :ü").await.unwrap();
    assert_eq!((latest.id, latest.guid), (registered.id, registered.guid));
    assert_eq!(latest.schema_type, SchemaType::Avro);
    let how = ReadVersion::default();
    let text = client.version_text("a/b :ü", FIRST, &how).await.unwrap();
    assert_eq!(text, latest.schema);
    let found = client
        .look_up("a/b :ü", &avro(&order), &LookUp::default())
        .await;
    assert_eq!(found.unwrap(), latest);

    let subjects = client.subjects(&ListSubjects::default()).await.unwrap();
    assert_eq!(subjects, ["a/b :ü"]);
    let deleted = client.delete_version("a/b :ü", FIRST, Deletion::Soft);
    assert_eq!(deleted.await.unwrap(), Version::FIRST);
    let gone = client.latest("a/b :ü").await.unwrap_err();
    assert!(gone.is_not_found() && !gone.is_retryable(), "{gone}");
    assert_eq!(gone.registry_code(), Some(40401));
    let all = ListVersions {
        deleted: true,
        ..ListVersions::default()
    };
    let versions = client.versions("a/b :ü", &all).await.unwrap();
    assert_eq!(versions, [Version::FIRST]);
    let purged = client.delete_subject("a/b :ü", Deletion::Permanent).await;
    assert_eq!(purged.unwrap(), [Version::FIRST]);
});

on_both!(a_schema_is_read_by_what_identifies_it, |node| {
    let client = client(&node);
    let registered = register(&client, "a", &avro_record(&["id"])).await.unwrap();
    let how = ReadSchema {
        max_id: true,
        ..ReadSchema::default()
    };
    let by_id = client.schema_by_id(registered.id, &how).await.unwrap();
    assert_eq!(by_id.max_id, Some(registered.id));
    let plain = ReadSchema::default();
    let text = client.schema_text_by_id(registered.id, &plain).await;
    assert_eq!(text.unwrap(), by_id.schema);
    let guid = registered.guid.unwrap();
    let by_guid = client.schema_by_guid(&guid).await.unwrap();
    assert_eq!(by_guid.schema, by_id.schema);
    let ids = client.ids_of_guid(&guid).await.unwrap();
    assert_eq!((ids.len(), ids[0].id), (1, registered.id));

    let list = ListOfId::default();
    let subjects = client.subjects_of_id(registered.id, &list).await.unwrap();
    assert_eq!(subjects, ["a"]);
    let versions = client.versions_of_id(registered.id, &list).await.unwrap();
    assert!(
        matches!(&versions[..], [SubjectVersion { version, .. }] if *version == Version::FIRST)
    );
    assert_eq!(client.schema_types().await.unwrap().len(), 3);
});

on_both!(references_are_sent_and_found, |node| {
    let client = client(&node);
    let how = Register::default();
    let id = r#"{"type": "fixed", "name": "Id", "size": 16}"#;
    register(&client, "id", id).await.unwrap();
    let mut order = avro(r#"{"type": "array", "items": "Id"}"#);
    order.references = vec![Reference {
        name: "Id".into(),
        subject: "id".into(),
        version: 1,
    }];
    let registered = client.register("orders", &order, &how).await.unwrap();
    let referrers = client.referenced_by("id", FIRST, false).await.unwrap();
    assert_eq!(referrers, [registered.id]);
    let latest = client.latest("orders").await.unwrap();
    assert_eq!(latest.references, order.references);
});

on_both!(a_change_is_checked_refused_and_explained, |node| {
    let client = client(&node);
    let how = Register::default();
    let first = avro(&avro_record(&["id"]));
    client.register("orders", &first, &how).await.unwrap();
    let breaking = avro(&avro_record(&["id", "customer"]));
    let check = Check {
        verbose: true,
        ..Check::default()
    };
    let verdict = client.check("orders", &breaking, &check).await.unwrap();
    assert!(!verdict.is_compatible);
    assert!(!verdict.messages.unwrap().is_empty());
    let latest = VersionSpec::Latest;
    let verdict = client.check_version("orders", latest, &first, &check).await;
    assert!(verdict.unwrap().is_compatible);

    let refused = client
        .register("orders", &breaking, &how)
        .await
        .unwrap_err();
    assert!(refused.is_incompatible(), "{refused}");
    let message = refused.registry_message().unwrap();
    assert!(
        message.contains("READER_FIELD_MISSING_DEFAULT_VALUE"),
        "{message}"
    );

    let change = ExplainRequest {
        schema_type: None,
        new: ExplainSide::Text {
            schema: breaking.schema.unwrap(),
            references: Vec::new(),
        },
        previous: ExplainSide::Version {
            subject: "orders".into(),
            version: Value::Null,
        },
        compatibility: None,
        compatibility_policy: None,
    };
    let explanation = client.explain(&change).await.unwrap();
    assert!(!explanation.is_compatible);
    assert!(explanation.findings[0].witness.is_some());
});

on_both!(settings_and_modes_are_changed_and_removed, |node| {
    let client = client(&node);
    let full = ConfigChange::new().compatibility(CompatibilityLevel::Full);
    let none = client.config(Some("orders")).await.unwrap_err();
    assert_eq!(none.registry_code(), Some(40408));
    let changed = client.change_config(Some("orders"), &full).await.unwrap();
    assert_eq!(changed.compatibility_level, Some(CompatibilityLevel::Full));
    let own = client.config(Some("orders")).await.unwrap();
    assert_eq!(own.compatibility_level, Some(CompatibilityLevel::Full));
    assert_eq!(ConfigChange::setting(&own), full);
    let removed = client.delete_config(Some("orders")).await.unwrap();
    assert_eq!(removed, own);
    let inherited = client.effective_config(Some("orders")).await.unwrap();
    assert_eq!(
        inherited.compatibility_level,
        Some(CompatibilityLevel::Backward)
    );
    assert_eq!(client.config(None).await.unwrap(), inherited);

    let how = SetMode::default();
    let mode = client.set_mode(Some("orders"), Mode::ReadOnly, &how).await;
    assert_eq!(mode.unwrap(), Mode::ReadOnly);
    let refused = register(&client, "orders", "\"int\"").await.unwrap_err();
    assert!(refused.is_not_permitted(), "{refused}");
    let removed = client.delete_mode(Some("orders"), false).await.unwrap();
    assert_eq!(removed, Some(Mode::ReadOnly));
    let inherited = client.effective_mode(Some("orders")).await.unwrap();
    assert_eq!(
        (inherited, client.mode(None).await.unwrap()),
        (Mode::ReadWrite, Mode::ReadWrite)
    );
});

on_both!(a_context_has_subjects_and_ids_of_its_own, |node| {
    let plain = client(&node);
    let staging = plain.in_context("staging");
    register(&plain, "a", "\"int\"").await.unwrap();
    let registered = register(&staging, "a", "\"string\"").await.unwrap();
    let text = |client: dovetail_client::Client| async move {
        let how = ReadSchema::default();
        client.schema_text_by_id(registered.id, &how).await.unwrap()
    };
    assert_eq!(text(plain.clone()).await, "\"int\"");
    assert_eq!(text(staging.clone()).await, "\"string\"");
    let listed = staging.subjects(&ListSubjects::default()).await.unwrap();
    assert_eq!(listed, [":.staging:a"]);
    assert_eq!(
        staging.latest(":.staging:a").await.unwrap().schema,
        "\"string\""
    );
    let full = ConfigChange::new().compatibility(CompatibilityLevel::Full);
    staging.change_config(None, &full).await.unwrap();
    let own = plain.config(None).await.unwrap();
    assert_eq!(own.compatibility_level, Some(CompatibilityLevel::Backward));
    assert_eq!(plain.contexts().await.unwrap(), [".", ".staging"]);
});

on_both!(names_that_urls_cannot_say_are_said_all_the_same, |node| {
    let client = client(&node);
    for name in [".", "..", "%2e%2e", "a?b#c", " ", "+", "🦆"] {
        register(&client, name, "\"int\"").await.unwrap();
        assert_eq!(client.latest(name).await.unwrap().subject, name);
    }
    assert!(client.latest("").await.unwrap_err().is_usage());
});

on_both!(
    blocking_calls_may_be_made_inside_a_runtime_and_outside,
    |node| {
        let client = blocking::Client::from_async(client(&node)).unwrap();
        let schema = avro("\"int\"");
        client.register("a", &schema, &Register::default()).unwrap();
        let outside = std::thread::spawn({
            let client = client.clone();
            move || client.latest("a").unwrap()
        });
        assert_eq!(outside.join().unwrap(), client.latest("a").unwrap());
        assert!(
            client
                .in_context("b")
                .latest("a")
                .unwrap_err()
                .is_not_found()
        );
    }
);

on_both!(schemas_are_listed_page_by_page, |node| {
    let client = client(&node);
    for number in 0..5 {
        let subject = format!("orders-{number}");
        register(&client, &subject, "\"int\"").await.unwrap();
    }
    register(&client, ":.staging:orders-9", "\"int\"")
        .await
        .unwrap();
    let pages = ListSchemas {
        prefix: Some("orders-".into()),
        limit: Some(2),
        ..ListSchemas::default()
    };
    assert_eq!(client.list_schemas(&pages).await.unwrap().len(), 2);
    let all = client.every_schema(&pages).await.unwrap();
    let subjects: Vec<_> = all.iter().map(|schema| &*schema.subject).collect();
    let expected = ["orders-0", "orders-1", "orders-2", "orders-3", "orders-4"];
    assert_eq!(subjects, expected);
    let staging = client.in_context("staging").every_schema(&pages).await;
    assert_eq!(staging.unwrap()[0].subject, ":.staging:orders-9");
});

on_both!(schemas_are_listed_by_what_owns_their_subjects, |node| {
    let client = client(&node);
    for subject in ["free", "keyed", "owned"] {
        register(&client, subject, "\"int\"").await.unwrap();
    }
    for (subject, association_type, lifecycle) in [
        ("keyed", AssociationType::Key, Lifecycle::Weak),
        ("owned", AssociationType::Value, Lifecycle::Strong),
    ] {
        let request = AssociationRequest {
            resource_name: Some("orders".into()),
            resource_namespace: Some("lkc-1".into()),
            resource_id: Some("7".into()),
            associations: vec![AssociationItem {
                subject: Some(subject.into()),
                association_type: Some(association_type.to_string()),
                lifecycle: Some(lifecycle.to_string()),
                ..AssociationItem::default()
            }],
            ..AssociationRequest::default()
        };
        client.associate(&request, false).await.unwrap();
    }
    let any = ListSchemas::default;
    for (list, expected) in [
        (any(), &["free", "keyed", "owned"][..]),
        (
            ListSchemas {
                resource_type: Some("topic".into()),
                ..any()
            },
            &["keyed", "owned"],
        ),
        (
            ListSchemas {
                association_types: vec![AssociationType::Key],
                ..any()
            },
            &["keyed"],
        ),
        (
            ListSchemas {
                association_types: AssociationType::ALL.to_vec(),
                limit: Some(1),
                ..any()
            },
            &["keyed", "owned"],
        ),
        (
            ListSchemas {
                lifecycles: vec![Lifecycle::Strong],
                ..any()
            },
            &["owned"],
        ),
        (
            ListSchemas {
                lifecycles: vec![Lifecycle::Strong],
                or_unassociated: true,
                ..any()
            },
            &["free", "owned"],
        ),
        (
            ListSchemas {
                or_unassociated: true,
                ..any()
            },
            &["free"],
        ),
    ] {
        let found = client.every_schema(&list).await.unwrap();
        let subjects: Vec<_> = found.iter().map(|one| &*one.subject).collect();
        assert_eq!(subjects, expected, "{list:?}");
    }
    let strong = ListSchemas {
        lifecycles: vec![Lifecycle::Strong],
        ..any()
    };
    let found = client.list_schemas(&strong).await.unwrap();
    let all = ListAssociations::default();
    let of_subject = client.associations_of_subject("owned", &all).await;
    assert_eq!(found[0].associations, of_subject.unwrap());
});

on_both!(tags_are_changed_and_found, |node| {
    let client = client(&node);
    register(&client, "orders", &avro_record(&["id"]))
        .await
        .unwrap();
    let change = TagRequest {
        tags_to_add: vec![SchemaTags {
            schema_entity: SchemaEntity {
                entity_path: "shop.Order.id".into(),
                entity_type: EntityType::Field,
            },
            tags: vec!["PII".into()],
        }],
        ..TagRequest::default()
    };
    let tagged = client.change_tags("orders", FIRST, &change).await.unwrap();
    assert_eq!(tagged.version, Version::new(2));
    let how = ReadVersion {
        find_tags: vec!["*".into()],
        ..ReadVersion::default()
    };
    let read = client.version("orders", VersionSpec::Latest, &how).await;
    assert_eq!(read.unwrap().schema_tags, change.tags_to_add);
});

on_both!(schemas_are_registered_together, |node| {
    let client = client(&node);
    let item = |subject: &str, schema: &str| BatchItem {
        subject: subject.into(),
        schema: Some(schema.into()),
        ..BatchItem::default()
    };
    let request = BatchRequest {
        schemas: vec![item("a", "\"int\""), item("b", "\"long\"")],
    };
    let dry = Batch {
        dry_run: true,
        ..Batch::default()
    };
    let answer = client.batch(&request, &dry).await.unwrap();
    assert_eq!(answer.schemas[1].outcome, BatchOutcome::New);
    assert!(client.latest("a").await.unwrap_err().is_not_found());
    let answer = client.batch(&request, &Batch::default()).await.unwrap();
    assert_eq!(
        client.latest("b").await.unwrap().id,
        answer.schemas[1].id.unwrap()
    );
});

on_both!(an_empty_context_is_deleted, |node| {
    let client = client(&node);
    register(&client, ":.staging:a", "\"int\"").await.unwrap();
    assert_eq!(client.contexts_like(".st").await.unwrap(), [".staging"]);
    let full = client.delete_context(".staging").await.unwrap_err();
    assert_eq!(full.registry_code(), Some(42211));
    for deletion in [Deletion::Soft, Deletion::Permanent] {
        client
            .delete_subject(":.staging:a", deletion)
            .await
            .unwrap();
    }
    client.delete_context(".staging").await.unwrap();
    assert_eq!(client.contexts().await.unwrap(), ["."]);
    assert!(!client.server_version().await.unwrap().version.is_empty());
});

on_both!(associations_are_made_listed_and_removed, |node| {
    let client = client(&node);
    register(&client, "orders", &avro_record(&["id"]))
        .await
        .unwrap();
    let item = AssociationItem {
        subject: Some("orders".to_owned()),
        lifecycle: Some("WEAK".to_owned()),
        ..AssociationItem::default()
    };
    let request = AssociationRequest {
        resource_name: Some("orders".to_owned()),
        resource_namespace: Some("lkc-1".to_owned()),
        resource_id: Some("7".to_owned()),
        associations: vec![item],
        ..AssociationRequest::default()
    };
    let all = ListAssociations::default();
    client.associate(&request, true).await.unwrap();
    let none = client.associations_of_resource("7", &all).await;
    assert_eq!(none.unwrap(), []);
    let made = client.associate(&request, false).await.unwrap();
    assert_eq!(made.associations[0].lifecycle, Lifecycle::Weak);
    let found = client.associations_of_subject("orders", &all).await;
    let found = found.unwrap();
    assert_eq!(found[0].association_type, AssociationType::Value);
    let by_name = client.associations_of_name("-", "orders", &all).await;
    assert_eq!(by_name.unwrap(), found);
    let keys = ListAssociations {
        types: vec![AssociationType::Key],
        ..ListAssociations::default()
    };
    let keys = client.associations_of_resource("7", &keys).await;
    assert_eq!(keys.unwrap(), []);

    let mut strong = request.clone();
    strong.associations[0].lifecycle = Some("STRONG".to_owned());
    client.put_associations("7", &strong, false).await.unwrap();
    let owned = ListAssociations {
        lifecycle: Some(Lifecycle::Strong),
        ..ListAssociations::default()
    };
    let owned = client.associations_of_resource("7", &owned).await;
    assert_eq!(owned.unwrap().len(), 1);
    let questions = AssociationBatchGet {
        requests: vec![AssociationGet {
            resource_id: Some("7".to_owned()),
            ..AssociationGet::default()
        }],
    };
    let answers = client.get_associations(&questions, true).await.unwrap();
    let AssociationResult::Result(answer) = &answers.results[0] else {
        panic!("{answers:?}");
    };
    assert!(answer.associations[0].schema.is_some(), "{answer:?}");
    let all_of_it = RemoveAssociations::default();
    client.dissociate("7", &all_of_it).await.unwrap();
    let again = client.dissociate("7", &all_of_it).await.unwrap_err();
    assert_eq!(again.registry_code(), Some(40410));
});

on_both!(a_registry_says_who_it_is_and_what_was_deleted, |node| {
    let client = client(&node);
    let id = client.server_id().await.unwrap();
    assert_eq!(id.scope.clusters["schema-registry-cluster"], "dovetail");
    assert_eq!(client.deployment().await.unwrap(), Vec::<String>::new());
    register(&client, "a", &avro_record(&["id"])).await.unwrap();
    register(&client, "a", &avro_record(&["id", "b?"]))
        .await
        .unwrap();
    let deleted = client.delete_version("a", FIRST, Deletion::Soft).await;
    let second = Version::new(2).unwrap();
    let versions = client.versions_and_deleted("a").await.unwrap();
    assert_eq!(versions, [(deleted.unwrap(), true), (second, false)]);
});
