//! What both dialects do alike, over their own connection type and statements.
//!
//! sqlx's connections share no usable trait bound short of a page of `where` clauses, so the functions are a macro that
//! each dialect expands once; `statements` is the dialect's own module.

/// Expands to the functions of a dialect whose connections are `$connection`.
macro_rules! queries {
    ($connection:ty) => {
        use std::sync::Arc;

        use dovetail_model::{Association, Context, SchemaId};
        use sqlx::{query, query_as, query_scalar};

        use super::statements;
        use crate::{
            core::{Change, ChangeKind, Content, Deleted, Reserved, Scope, View, ViewBuilder},
            storage::{StorageError, rows},
        };

        type Result<T> = std::result::Result<T, StorageError>;

        /// How many changes one reading of the log returns.
        const CHANGES: i64 = 1000;

        pub(in crate::storage) async fn head(
            connection: &mut $connection,
            statement: &'static str,
        ) -> Result<u64> {
            let seq: i64 = query_scalar(statement).fetch_one(connection).await?;
            rows::number("head.seq", seq)
        }

        pub(in crate::storage) async fn changes_after(
            connection: &mut $connection,
            seq: u64,
        ) -> Result<Vec<Change>> {
            let found: Vec<rows::ChangeRow> = query_as(statements::CHANGES_AFTER)
                .bind(i64::try_from(seq).unwrap_or(i64::MAX))
                .bind(CHANGES)
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::change).collect()
        }

        pub(in crate::storage) async fn content(
            connection: &mut $connection,
            context: &Context,
            id: SchemaId,
        ) -> Result<Option<Content>> {
            let found: Option<rows::ContentRow> = query_as(statements::CONTENT)
                .bind(context.as_str())
                .bind(i64::from(id.get()))
                .fetch_optional(connection)
                .await?;
            found.map(rows::content).transpose()
        }

        pub(in crate::storage) async fn contents(
            connection: &mut $connection,
            context: &Context,
            ids: &[SchemaId],
        ) -> Result<Vec<(SchemaId, Content)>> {
            let found: Vec<rows::ContentWithIdRow> = query_as(statements::CONTENTS)
                .bind(context.as_str())
                .bind(rows::json(&ids))
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::content_with_id).collect()
        }

        /// Reads every table; the caller's transaction makes it one moment.
        pub(in crate::storage) async fn load(connection: &mut $connection) -> Result<View> {
            let mut builder = ViewBuilder::default();
            builder.seq(head(&mut *connection, statements::HEAD).await?);
            let contexts: Vec<String> = query_scalar(statements::CONTEXTS)
                .fetch_all(&mut *connection)
                .await?;
            for context in contexts {
                builder.context(Context::new(&context));
            }
            let schemas: Vec<rows::SchemaRow> = query_as(statements::SCHEMAS)
                .fetch_all(&mut *connection)
                .await?;
            for row in schemas {
                let (context, entry) = rows::schema(row)?;
                builder.schema(context, entry);
            }
            let references: Vec<rows::ReferenceRow> = query_as(statements::REFERENCES)
                .fetch_all(&mut *connection)
                .await?;
            for row in references {
                let (context, id, reference) = rows::reference(row)?;
                builder.reference(&context, id, reference).ok_or_else(|| {
                    StorageError::inconsistent(format!(
                        "schema_references: no schema {id} in {context}"
                    ))
                })?;
            }
            let subjects: Vec<(String, String, i64)> = query_as(statements::SUBJECTS)
                .fetch_all(&mut *connection)
                .await?;
            for (context, subject, last_version) in subjects {
                let last_version = rows::number("subjects.last_version", last_version)?;
                builder.subject(
                    Context::new(&context),
                    dovetail_model::Subject::new(&subject),
                    last_version,
                );
            }
            let versions: Vec<rows::VersionRow> = query_as(statements::VERSIONS)
                .fetch_all(&mut *connection)
                .await?;
            for row in versions {
                let (context, subject, entry) = rows::version(row)?;
                builder.version(&context, &subject, entry).ok_or_else(|| {
                    StorageError::inconsistent(format!(
                        "versions: {subject} {} has no schema or subject",
                        entry.version
                    ))
                })?;
            }
            load_settings(connection, &mut builder).await?;
            Ok(builder.build())
        }

        async fn load_settings(
            connection: &mut $connection,
            builder: &mut ViewBuilder,
        ) -> Result<()> {
            let configs: Vec<(String, String, String)> = query_as(statements::CONFIGS)
                .fetch_all(&mut *connection)
                .await?;
            for (context, subject, config) in configs {
                builder.config(
                    rows::scope(&context, &subject),
                    rows::parse("configs", &config)?,
                );
            }
            let associations: Vec<rows::AssociationRow> = query_as(statements::ASSOCIATIONS)
                .fetch_all(&mut *connection)
                .await?;
            for row in associations {
                builder.association(rows::association(row)?);
            }
            let modes: Vec<(String, String, String)> = query_as(statements::MODES)
                .fetch_all(&mut *connection)
                .await?;
            for (context, subject, mode) in modes {
                builder.mode(rows::scope(&context, &subject), rows::mode(&mode)?);
            }
            Ok(())
        }

        /// Writes changes in order; neighbouring registrations go together.
        pub(in crate::storage) async fn append(
            connection: &mut $connection,
            changes: &[(Change, Option<Arc<Content>>)],
        ) -> Result<()> {
            let Some((last, _)) = changes.last() else {
                return Ok(());
            };
            let mut registered = Vec::new();
            for (change, content) in changes {
                if let Some(row) = rows::RegisteredRow::of(change, content.as_ref()) {
                    purge(connection, &change.kind).await?;
                    registered.push(row);
                } else {
                    insert_registered(connection, &std::mem::take(&mut registered)).await?;
                    write(connection, &change.kind).await?;
                }
            }
            insert_registered(connection, &registered).await?;
            let log: Vec<_> = changes
                .iter()
                .map(|(change, _)| rows::LogRow::of(change))
                .collect();
            query(statements::INSERT_CHANGES)
                .bind(rows::json(&log))
                .execute(&mut *connection)
                .await?;
            let seq = i64::try_from(last.seq).unwrap_or(i64::MAX);
            query(statements::MOVE_HEAD)
                .bind(seq)
                .execute(connection)
                .await?;
            Ok(())
        }

        async fn insert_registered(
            connection: &mut $connection,
            registered: &[rows::RegisteredRow<'_>],
        ) -> Result<()> {
            if registered.is_empty() {
                return Ok(());
            }
            let batch = rows::json(&registered);
            for statement in statements::INSERT_REGISTERED {
                query(statement)
                    .bind(batch.as_str())
                    .execute(&mut *connection)
                    .await?;
            }
            if registered.iter().any(rows::RegisteredRow::has_references) {
                query(statements::INSERT_REFERENCES)
                    .bind(batch.as_str())
                    .execute(connection)
                    .await?;
            }
            Ok(())
        }

        /// Removes the soft-deleted versions a registration takes the place of. Their schema lives on in the new version.
        async fn purge(connection: &mut $connection, kind: &ChangeKind) -> Result<()> {
            let ChangeKind::SchemaRegistered(registered) = kind else {
                return Ok(());
            };
            for version in &registered.purged {
                query(statements::DELETE_VERSION)
                    .bind(registered.subject.context.as_str())
                    .bind(registered.subject.subject.as_str())
                    .bind(i64::from(version.get()))
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        }

        async fn write(connection: &mut $connection, kind: &ChangeKind) -> Result<()> {
            match kind {
                ChangeKind::SchemaRegistered(_) => Ok(()),
                ChangeKind::AssociationSet(association) => associate(connection, association).await,
                ChangeKind::AssociationDeleted(key) => {
                    query(statements::DELETE_ASSOCIATION)
                        .bind(key.resource_id.as_str())
                        .bind(key.resource_type.as_str())
                        .bind(key.association_type.as_str())
                        .execute(connection)
                        .await?;
                    Ok(())
                }
                ChangeKind::IdReserved(reserved) => reserve(connection, reserved).await,
                ChangeKind::SubjectCounted {
                    subject,
                    last_version,
                } => {
                    query(statements::COUNT_SUBJECT)
                        .bind(subject.context.as_str())
                        .bind(subject.subject.as_str())
                        .bind(i64::from(last_version.get()))
                        .execute(connection)
                        .await?;
                    Ok(())
                }
                ChangeKind::VersionDeleted(deleted) | ChangeKind::SubjectDeleted(deleted) => {
                    delete(connection, deleted).await
                }
                ChangeKind::ConfigChanged { scope, config } => {
                    let value = config.as_ref().map(rows::json);
                    set(
                        connection,
                        scope,
                        value,
                        statements::SET_CONFIG,
                        statements::UNSET_CONFIG,
                    )
                    .await
                }
                ChangeKind::ContextDeleted { context } => {
                    for statement in statements::DELETE_CONTEXT {
                        query(statement)
                            .bind(context.as_str())
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(())
                }
                ChangeKind::ModeChanged { scope, mode } => {
                    let value = mode.map(|mode| mode.to_string());
                    set(
                        connection,
                        scope,
                        value,
                        statements::SET_MODE,
                        statements::UNSET_MODE,
                    )
                    .await
                }
            }
        }

        async fn associate(connection: &mut $connection, association: &Association) -> Result<()> {
            query(statements::SET_ASSOCIATION)
                .bind(association.resource_id.as_str())
                .bind(association.resource_type.as_str())
                .bind(association.association_type.as_str())
                .bind(association.subject.context.as_str())
                .bind(association.subject.subject.as_str())
                .bind(association.guid.as_str())
                .bind(association.resource_name.as_str())
                .bind(association.resource_namespace.as_str())
                .bind(association.lifecycle.as_str())
                .bind(i64::from(association.frozen))
                .bind(association.create_ts)
                .bind(association.update_ts)
                .execute(connection)
                .await?;
            Ok(())
        }

        async fn reserve(connection: &mut $connection, reserved: &Reserved) -> Result<()> {
            query(statements::RESERVE_ID)
                .bind(reserved.context.as_str())
                .bind(i64::from(reserved.id.get()))
                .bind(reserved.guid.to_string())
                .bind(reserved.text_guid.to_string())
                .bind(reserved.schema_type.as_str())
                .bind(i64::from(reserved.has_extras))
                .execute(connection)
                .await?;
            Ok(())
        }

        async fn delete(connection: &mut $connection, deleted: &Deleted) -> Result<()> {
            let (context, name) = (
                deleted.subject.context.as_str(),
                deleted.subject.subject.as_str(),
            );
            let statement = if deleted.permanent {
                statements::DELETE_VERSION
            } else {
                statements::SOFT_DELETE_VERSION
            };
            for version in &deleted.versions {
                query(statement)
                    .bind(context)
                    .bind(name)
                    .bind(i64::from(version.get()))
                    .execute(&mut *connection)
                    .await?;
            }
            for id in &deleted.forgotten {
                for statement in statements::FORGET_SCHEMA {
                    query(statement)
                        .bind(context)
                        .bind(i64::from(id.get()))
                        .execute(&mut *connection)
                        .await?;
                }
            }
            if deleted.permanent {
                for statement in statements::FORGET_EMPTY_SUBJECT {
                    query(statement)
                        .bind(context)
                        .bind(name)
                        .execute(&mut *connection)
                        .await?;
                }
            }
            Ok(())
        }

        async fn set(
            connection: &mut $connection,
            scope: &Scope,
            value: Option<String>,
            upsert: &'static str,
            remove: &'static str,
        ) -> Result<()> {
            let (context, subject) = rows::scope_columns(scope);
            query(statements::INSERT_CONTEXT)
                .bind(context.as_str())
                .execute(&mut *connection)
                .await?;
            match value {
                Some(value) => {
                    query(upsert)
                        .bind(context)
                        .bind(subject)
                        .bind(value)
                        .execute(connection)
                        .await?
                }
                None => {
                    query(remove)
                        .bind(context)
                        .bind(subject)
                        .execute(connection)
                        .await?
                }
            };
            Ok(())
        }
    };
}

pub(super) use queries;
