//! What each kind of change writes. Every step ends in a comparison of the loaded view with the one made from the log.

use std::collections::BTreeMap;

use dovetail_model::{
    Association, AssociationType, CompatibilityLevel, CompatibilityPolicy, Context, Lifecycle,
    Metadata, Mode, SchemaType, Version, bodies::Config,
};
use dovetail_server::core::{ChangeKind, Imported, Reserved, Scope};

use super::{
    Wanted, deleted, on_both_storages, qualified, schema, schema_id, text_of, version_deleted,
};

fn config_changed(scope: Scope, config: Option<Config>) -> Wanted {
    let config = config.map(Box::new);
    (ChangeKind::ConfigChanged { scope, config }, None)
}

fn mode_changed(scope: Scope, mode: Option<Mode>) -> Wanted {
    (ChangeKind::ModeChanged { scope, mode }, None)
}

/// One of each kind of scope.
fn scopes() -> [Scope; 4] {
    let whole = |context| Scope {
        context,
        subject: None,
    };
    [
        Scope::default_context(),
        whole(Context::global()),
        whole(Context::new(".team")),
        Scope::subject(&qualified(":.team:orders")),
    ]
}

on_both_storages!(a_registration_writes_every_format, |tables| {
    tables
        .write(&[
            schema("a", 1, 1).wanted(),
            schema("p", 1, 2).of_type(SchemaType::Protobuf).wanted(),
            schema("j", 1, 3).of_type(SchemaType::Json).wanted(),
        ])
        .await;
    assert_eq!(tables.text(3).await, Some(text_of(3)));
});

on_both_storages!(
    one_batch_may_register_the_same_schema_many_times,
    |tables| {
        tables
            .write(&[
                schema("a", 1, 1).wanted(),
                schema("b", 1, 1).wanted(),
                schema("a", 2, 2).wanted(),
                schema("a", 3, 1).wanted(),
                schema(":.other:a", 1, 1).wanted(),
            ])
            .await;
        tables.write(&[schema("c", 1, 2).wanted()]).await;
    }
);

on_both_storages!(references_keep_their_order_and_spelling, |tables| {
    tables
        .write(&[
            schema("z", 1, 1).wanted(),
            schema("a", 1, 2).wanted(),
            schema(":.other:o", 1, 1).wanted(),
            schema("r", 1, 3)
                .referring_to(&[("z", 1), ("a", 1), (":.other:o", 1)])
                .wanted(),
        ])
        .await;
    let loaded = tables.storage.load().await.unwrap();
    let entry = loaded.schema(&Context::default(), schema_id(3)).unwrap();
    let spelled: Vec<&str> = entry
        .references
        .iter()
        .map(|reference| reference.subject.as_str())
        .collect();
    assert_eq!(spelled, ["z", "a", ":.other:o"]);
});

on_both_storages!(metadata_and_rules_come_back, |tables| {
    let metadata = Metadata {
        properties: BTreeMap::from([("owner".to_owned(), "O'Hara \"$1\"".to_owned())]),
        ..Metadata::default()
    };
    tables
        .write(&[schema("a", 1, 1).with_metadata(metadata.clone()).wanted()])
        .await;
    let content = tables
        .storage
        .content(&Context::default(), schema_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(content.metadata, Some(metadata));
    assert_eq!(content.rule_set, None);
});

on_both_storages!(a_soft_deleted_version_keeps_its_row_and_text, |tables| {
    tables
        .write(&[schema("a", 1, 1).wanted(), schema("a", 2, 2).wanted()])
        .await;
    tables.write(&[version_deleted("a", 1, false, &[])]).await;
    assert_eq!(tables.text(1).await, Some(text_of(1)));
});

on_both_storages!(
    a_permanently_deleted_version_takes_text_and_references_along,
    |tables| {
        tables
            .write(&[
                schema("target", 1, 1).wanted(),
                schema("a", 1, 2).referring_to(&[("target", 1)]).wanted(),
                schema("a", 2, 3).wanted(),
            ])
            .await;
        tables.write(&[version_deleted("a", 1, false, &[])]).await;
        tables.write(&[version_deleted("a", 1, true, &[2])]).await;
        assert_eq!(tables.text(2).await, None);
        assert_eq!(tables.text(3).await, Some(text_of(3)));
    }
);

on_both_storages!(a_schema_that_another_version_carries_is_kept, |tables| {
    tables
        .write(&[schema("a", 1, 1).wanted(), schema("b", 1, 1).wanted()])
        .await;
    tables.write(&[version_deleted("a", 1, true, &[])]).await;
    assert_eq!(tables.text(1).await, Some(text_of(1)));
});

on_both_storages!(a_forgotten_schema_comes_back_under_its_id, |tables| {
    tables
        .write(&[
            schema("t", 1, 1).wanted(),
            schema("a", 1, 2).referring_to(&[("t", 1)]).wanted(),
        ])
        .await;
    tables.write(&[version_deleted("a", 1, true, &[2])]).await;
    tables
        .write(&[schema("b", 1, 2).referring_to(&[("t", 1)]).wanted()])
        .await;
    assert_eq!(tables.text(2).await, Some(text_of(2)));
});

on_both_storages!(a_subject_goes_with_its_settings_and_its_numbers, |tables| {
    let scope = Scope::subject(&qualified("a"));
    tables
        .write(&[
            schema("a", 1, 1).wanted(),
            schema("a", 2, 2).wanted(),
            config_changed(scope.clone(), Some(Config::default())),
            mode_changed(scope, Some(Mode::ReadWrite)),
        ])
        .await;
    let gone = deleted("a", &[1, 2], false, &[]);
    tables
        .write(&[(ChangeKind::SubjectDeleted(gone), None)])
        .await;
    let gone = deleted("a", &[1, 2], true, &[1, 2]);
    tables
        .write(&[(ChangeKind::SubjectDeleted(gone), None)])
        .await;
    // Numbers start anew, ids do not.
    tables.write(&[schema("a", 1, 3).wanted()]).await;
});

on_both_storages!(the_highest_version_ever_given_out_is_remembered, |tables| {
    tables
        .write(&[schema("a", 1, 1).wanted(), schema("a", 2, 2).wanted()])
        .await;
    tables.write(&[version_deleted("a", 2, true, &[2])]).await;
    let loaded = tables.storage.load().await.unwrap();
    let holder = loaded.subject(&qualified("a")).unwrap();
    assert_eq!(holder.next_version().unwrap().get(), 3);
});

on_both_storages!(
    a_registration_takes_the_place_of_purged_versions,
    |tables| {
        tables
            .write(&[schema("a", 1, 1).wanted(), schema("a", 2, 2).wanted()])
            .await;
        tables.write(&[version_deleted("a", 1, false, &[])]).await;
        tables
            .write(&[schema("a", 3, 1).purging(&[1]).wanted()])
            .await;
        assert_eq!(tables.text(1).await, Some(text_of(1)));
    }
);

on_both_storages!(a_batch_is_written_in_the_order_of_its_changes, |tables| {
    tables
        .write(&[
            schema("a", 1, 1).wanted(),
            version_deleted("a", 1, false, &[]),
            schema("a", 2, 1).purging(&[1]).wanted(),
            version_deleted("a", 2, false, &[]),
            version_deleted("a", 2, true, &[1]),
            schema("a", 1, 1).wanted(),
            schema("b", 1, 2).wanted(),
        ])
        .await;
});

on_both_storages!(
    settings_are_set_changed_and_removed_in_every_scope,
    |tables| {
        for scope in scopes() {
            let strict = Config {
                compatibility_level: Some(CompatibilityLevel::FullTransitive),
                compatibility_policy: Some(CompatibilityPolicy::Lenient),
                normalize: Some(true),
                ..Config::default()
            };
            tables
                .write(&[config_changed(scope.clone(), Some(strict))])
                .await;
            tables
                .write(&[config_changed(scope.clone(), Some(Config::default()))])
                .await;
            for mode in Mode::ALL {
                tables
                    .write(&[mode_changed(scope.clone(), Some(mode))])
                    .await;
            }
            tables
                .write(&[
                    config_changed(scope.clone(), None),
                    mode_changed(scope, None),
                ])
                .await;
        }
        // Removing what is not there is no error, and makes a context known.
        let nowhere = Scope::subject(&qualified(":.nowhere:a"));
        tables
            .write(&[
                config_changed(nowhere.clone(), None),
                mode_changed(nowhere, None),
            ])
            .await;
    }
);

fn association(resource: &str, subject: &str, lifecycle: Lifecycle) -> Association {
    Association {
        subject: qualified(subject),
        guid: "8b8bd78e-4456-4c99-8d72-64cbe6177dae".to_owned(),
        resource_name: "Zoë's".to_owned(),
        resource_namespace: "lkc-1".to_owned(),
        resource_id: resource.to_owned(),
        resource_type: "topic".to_owned(),
        association_type: AssociationType::Key,
        lifecycle,
        frozen: lifecycle == Lifecycle::Strong,
        create_ts: 1,
        update_ts: 2,
    }
}

on_both_storages!(associations_are_made_changed_and_removed, |tables| {
    let set = |association: &Association| {
        let kind = ChangeKind::AssociationSet(Box::new(association.clone()));
        (kind, None)
    };
    let weak = association("1", "a", Lifecycle::Weak);
    let other = association("2", "a", Lifecycle::Weak);
    tables
        .write(&[schema("a", 1, 1).wanted(), set(&weak), set(&other)])
        .await;
    let strong = association("1", ":.team:b", Lifecycle::Strong);
    tables.write(&[set(&strong)]).await;
    let gone = ChangeKind::AssociationDeleted(weak.key());
    tables.write(&[(gone.clone(), None)]).await;
    // Removing what is not there is no error.
    tables.write(&[(gone, None)]).await;
    let loaded = tables.storage.load().await.unwrap();
    let left: Vec<_> = loaded.associations().all().map(|left| &**left).collect();
    assert_eq!(left, [&other]);
});

on_both_storages!(what_is_imported_keeps_its_time_and_state, |tables| {
    let mut imported = schema("a", 7, 3);
    imported.registered.imported = Some(Imported {
        at: 42,
        deleted: true,
    });
    let reserved = schema(":.other:x", 1, 9).registered;
    let reserved = ChangeKind::IdReserved(Reserved {
        context: reserved.subject.context,
        id: reserved.id,
        guid: reserved.guid,
        text_guid: reserved.text_guid,
        schema_type: reserved.schema_type,
        has_extras: true,
    });
    let counted = |last_version| ChangeKind::SubjectCounted {
        subject: qualified("a"),
        last_version: Version::new(last_version).unwrap(),
    };
    tables
        .write(&[
            imported.wanted(),
            (reserved, None),
            (counted(9), None),
            (counted(8), None),
        ])
        .await;
    let loaded = tables.storage.load().await.unwrap();
    let holder = loaded.subject(&qualified("a")).unwrap();
    assert_eq!((holder.versions()[0].at, holder.last_version()), (42, 9));
    assert!(holder.latest().is_none());
    // The id is taken, and gets its meaning back with its schema.
    tables.write(&[schema(":.other:x", 1, 9).wanted()]).await;
});

on_both_storages!(time_and_actor_are_part_of_the_log, |tables| {
    let mut changes = tables.numbered(&[schema("a", 1, 1).wanted()]);
    changes[0].0.at = -1;
    "Zoë 'x'".clone_into(&mut changes[0].0.actor);
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&changes).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        tables.storage.changes_after(0).await.unwrap(),
        [changes[0].0.clone()]
    );
});
