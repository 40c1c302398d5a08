//! Races: many registrars on several nodes, who meet on one id, one subject or one reference.
//!
//! With PostgreSQL there are three nodes on one database, with SQLite there is one. Nothing here is timed: registrars start
//! together at a barrier, and what must hold does so in every order. `DOVETAIL_TEST_ROUNDS` sets how often.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::{collections::BTreeSet, future::Future, sync::Arc};

use dovetail_compat::{Schema, check, parse};
use dovetail_model::{CompatibilityLevel, CompatibilityPolicy, SchemaType};
use dovetail_tests::{Answer, Client, Database, Node, avro_record};
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};

/// How many registrars start together.
const REGISTRARS: usize = 64;

/// The nodes of one registry.
struct Nodes {
    nodes: Vec<Node>,
    /// Keeps the file.
    _database: Database,
}

impl Nodes {
    async fn start(database: Database, count: usize) -> Self {
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(Node::start(&database).await);
        }
        Self {
            nodes,
            _database: database,
        }
    }

    /// Deals the nodes out in turn.
    fn client(&self, turn: usize) -> Client {
        Client::clone(&self.nodes[turn % self.nodes.len()])
    }

    /// Every other node; where there is one only, that one.
    fn others(&self, turn: usize) -> Vec<Client> {
        let most = self.nodes.len().max(2);
        (1..most).map(|step| self.client(turn + step)).collect()
    }
}

/// Runs a race on three nodes with PostgreSQL, and on one with SQLite.
macro_rules! on_all_nodes {
    ($name:ident, |$nodes:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a test may use nothing of its module")]
            use super::*;

            async fn body($nodes: Nodes) {
                $body
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                body(Nodes::start(Database::sqlite(), 1).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                body(Nodes::start(Database::postgres().await, 3).await).await;
            }
        }
    };
}

fn rounds(usual: usize) -> usize {
    let set = std::env::var("DOVETAIL_TEST_ROUNDS").ok();
    set.map_or(usual, |rounds| {
        rounds
            .parse()
            .expect("DOVETAIL_TEST_ROUNDS is a whole number")
    })
}

/// Starts one future for each number at the same moment, and returns what they came to in the order of the numbers.
async fn together<T, F>(count: usize, start: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let mut running = JoinSet::new();
    for number in 0..count {
        let (barrier, future) = (Arc::clone(&barrier), start(number));
        running.spawn(async move {
            barrier.wait().await;
            (number, future.await)
        });
    }
    let mut outcomes = running.join_all().await;
    outcomes.sort_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// A schema for each name, compatible with that of every other name in both directions.
fn schema(name: impl std::fmt::Display) -> String {
    avro_record(&[&format!("f{name}?")])
}

fn id_and_version(answer: &Answer) -> (u64, u64) {
    (answer.id(), answer.version())
}

/// One schema, everybody at once: one id, one version.
async fn expect_one_id_and_version(nodes: &Nodes, subject: &str, schema: &str) -> (u64, u64) {
    let answers = together(REGISTRARS, |registrar| {
        let client = nodes.client(registrar);
        let (subject, schema) = (subject.to_owned(), schema.to_owned());
        async move { client.register(&subject, &schema).await }
    })
    .await;
    let outcomes: BTreeSet<_> = answers.iter().map(id_and_version).collect();
    assert_eq!(outcomes.len(), 1, "{subject}: {outcomes:?}");
    outcomes.into_iter().next().unwrap()
}

on_all_nodes!(one_new_schema_gets_one_id_and_one_version, |nodes| {
    for (round, number) in (0..rounds(200)).zip(1..) {
        let subject = format!("subject-{round}");
        let outcome = expect_one_id_and_version(&nodes, &subject, &schema(round)).await;
        assert_eq!(outcome, (number, 1), "ids have no gaps");
    }
});

on_all_nodes!(one_hot_subject_gets_one_version_a_round, |nodes| {
    for (round, number) in (0..rounds(200)).zip(1..) {
        let outcome = expect_one_id_and_version(&nodes, "hot", &schema(round)).await;
        assert_eq!(outcome, (number, number));
    }
});

on_all_nodes!(one_schema_under_many_new_subjects_gets_one_id, |nodes| {
    for (round, number) in (0..rounds(50)).zip(1..) {
        let answers = together(REGISTRARS, |registrar| {
            let client = nodes.client(registrar);
            let (subject, schema) = (format!("s{round}-{registrar}"), schema(round));
            async move { client.register(&subject, &schema).await }
        })
        .await;
        let outcomes: BTreeSet<_> = answers.iter().map(id_and_version).collect();
        assert_eq!(outcomes, BTreeSet::from([(number, 1)]));
    }
});

on_all_nodes!(
    different_schemas_get_ids_and_versions_without_gaps,
    |nodes| {
        const SUBJECTS: usize = 16;
        let each = rounds(10);
        for context in ["", ":.other:"] {
            let outcomes = together(REGISTRARS, |registrar| {
                let client = nodes.client(registrar);
                async move {
                    let mut outcomes = Vec::new();
                    for number in 0..each {
                        let subject = format!("{context}s{}", (registrar + number) % SUBJECTS);
                        let text = schema(format!("{registrar}_{number}"));
                        let answer = client.register(&subject, &text).await;
                        outcomes.push((subject, answer.id(), answer.version()));
                    }
                    outcomes
                }
            })
            .await
            .concat();
            let ids: BTreeSet<u64> = outcomes.iter().map(|(_, id, _)| *id).collect();
            let most = u64::try_from(REGISTRARS * each).unwrap();
            assert_eq!(ids, (1..=most).collect(), "the ids of {context:?}");
            for subject in 0..SUBJECTS {
                let subject = format!("{context}s{subject}");
                let of_subject = outcomes.iter().filter(|(name, ..)| *name == subject);
                let versions: BTreeSet<u64> =
                    of_subject.clone().map(|(.., version)| *version).collect();
                let most = u64::try_from(of_subject.count()).unwrap();
                assert_eq!(versions, (1..=most).collect(), "the versions of {subject}");
                let listed = nodes
                    .client(0)
                    .get(&format!("/subjects/{subject}/versions"))
                    .await;
                assert_eq!(listed.ok(), json!((1..=most).collect::<Vec<_>>()));
            }
        }
    }
);

/// How a contest is held: what the schemas look like, and what they owe each other.
#[derive(Debug, Clone, Copy)]
struct Contest {
    format: SchemaType,
    level: CompatibilityLevel,
}

/// The fields of a schema: field `n` has the type of this number.
type Fields = Vec<usize>;

/// How many types a field may have. Each can be added where another could, and none can take the place of another.
const TYPES: usize = 4;

const PROTOBUF_TYPES: [&str; TYPES] = ["int32", "string", "double", "fixed32"];

const JSON_TYPES: [&str; TYPES] = ["integer", "string", "boolean", "array"];

/// Each with its default.
fn avro_types() -> [(Value, Value); TYPES] {
    [
        (json!("int"), json!(0)),
        (json!("boolean"), json!(false)),
        (json!("string"), json!("")),
        (json!({ "type": "array", "items": "int" }), json!([])),
    ]
}

impl Contest {
    fn all() -> impl Iterator<Item = Self> {
        [SchemaType::Avro, SchemaType::Protobuf, SchemaType::Json]
            .into_iter()
            .flat_map(|format| CompatibilityLevel::ALL.map(|level| Self { format, level }))
    }

    fn subject(self, kind: &str) -> String {
        format!("{kind}-{}-{}", self.format, self.level)
    }

    /// A field can be added to a JSON Schema in both directions only where content models are judged leniently.
    fn policy(self) -> CompatibilityPolicy {
        let both = self.level.directions().len() == 2;
        if both && self.format == SchemaType::Json {
            CompatibilityPolicy::Lenient
        } else {
            CompatibilityPolicy::Strict
        }
    }

    fn text(self, fields: &[usize]) -> String {
        let numbered = fields.iter().zip(1..);
        match self.format {
            SchemaType::Avro => {
                let types = avro_types();
                let fields: Vec<Value> = numbered
                    .map(|(kind, number)| {
                        let (kind, default) = &types[*kind];
                        json!({ "name": format!("f{number}"), "type": kind, "default": default })
                    })
                    .collect();
                json!({ "type": "record", "name": "R", "fields": fields }).to_string()
            }
            SchemaType::Protobuf => {
                let fields: Vec<String> = numbered
                    .map(|(kind, number)| {
                        format!("{} f{number} = {number};", PROTOBUF_TYPES[*kind])
                    })
                    .collect();
                let fields = fields.join("\n");
                format!("syntax = \"proto3\";\nmessage M {{\n{fields}\n}}\n")
            }
            SchemaType::Json => {
                let fields: serde_json::Map<String, Value> = numbered
                    .map(|(kind, number)| {
                        (format!("f{number}"), json!({ "type": JSON_TYPES[*kind] }))
                    })
                    .collect();
                let open = matches!(
                    self.level,
                    CompatibilityLevel::Forward | CompatibilityLevel::ForwardTransitive
                );
                json!({ "type": "object", "properties": fields, "additionalProperties": open })
                    .to_string()
            }
        }
    }

    /// The fields of a text that came from [`Contest::text`].
    fn fields_of(self, text: &str) -> Fields {
        let json = || serde_json::from_str::<Value>(text).unwrap();
        match self.format {
            SchemaType::Avro => {
                let types = avro_types();
                let json = json();
                let fields = json["fields"].as_array().unwrap().iter();
                let of_type =
                    |field: &Value| types.iter().position(|(kind, _)| *kind == field["type"]);
                fields.map(of_type).collect::<Option<_>>()
            }
            SchemaType::Protobuf => text
                .split_whitespace()
                .filter_map(|word| PROTOBUF_TYPES.iter().position(|kind| *kind == word))
                .map(Some)
                .collect(),
            SchemaType::Json => {
                let json = json();
                let properties = json["properties"].as_object().unwrap();
                let kinds = (1..=properties.len()).map(|number| &properties[&format!("f{number}")]);
                let of_type =
                    |field: &Value| JSON_TYPES.iter().position(|kind| field["type"] == *kind);
                kinds.map(of_type).collect()
            }
        }
        .unwrap()
    }

    async fn prepare(self, client: &Client, subject: &str) {
        let policy = match self.policy() {
            CompatibilityPolicy::Strict => "STRICT",
            CompatibilityPolicy::Lenient => "LENIENT",
        };
        let config = json!({ "compatibility": self.level, "compatibilityPolicy": policy });
        client
            .put(&format!("/config/{subject}"), &config)
            .await
            .ok();
    }

    async fn register(self, client: &Client, subject: &str, fields: &[usize]) -> Answer {
        let text = self.text(fields);
        client
            .register_as(self.format.as_str(), subject, &text)
            .await
    }

    fn parsed(self, text: &str) -> Schema {
        parse(self.format, text, &[]).unwrap()
    }

    /// Whether a schema may follow those before it, at this level.
    fn may_follow(self, new: &Schema, before: &[Schema]) -> bool {
        let owed = match self.level {
            CompatibilityLevel::None => &[],
            level if level.is_transitive() => before,
            _ => &before[before.len().saturating_sub(1)..],
        };
        owed.iter().all(|previous| {
            check(new, previous, self.level.directions(), self.policy())
                .unwrap()
                .is_compatible()
        })
    }

    /// Every contender may follow the chain, and none may follow another contender.
    fn expect_contenders_to_clash(self, chain: &[Schema], contenders: &[Fields]) {
        for one in contenders {
            let schema = self.parsed(&self.text(one));
            assert!(self.may_follow(&schema, chain), "{self:?} {one:?}");
            for other in contenders.iter().filter(|other| *other != one) {
                let previous = [self.parsed(&self.text(other))];
                let may_follow = self.may_follow(&schema, &previous);
                assert_eq!(
                    may_follow,
                    self.level == CompatibilityLevel::None,
                    "{self:?}"
                );
            }
        }
    }

    /// Reads a subject back from a node: its versions have no gaps, and each may follow those before it.
    async fn expect_valid_chain(self, client: &Client, subject: &str) -> Vec<Schema> {
        let versions = client
            .get(&format!("/subjects/{subject}/versions"))
            .await
            .ok();
        let count = versions.as_array().unwrap().len();
        assert_eq!(versions, json!((1..=count).collect::<Vec<_>>()), "{self:?}");
        let mut chain = Vec::new();
        for version in 1..=count {
            let path = format!("/subjects/{subject}/versions/{version}/schema");
            let text = client.get(&path).await.text;
            let schema = self.parsed(&text);
            assert!(
                self.may_follow(&schema, &chain),
                "{self:?}: version {version}"
            );
            chain.push(schema);
        }
        chain
    }
}

/// The version that was answered, or nothing where the contender came too late.
fn won(answer: &Answer) -> Option<(u64, u64)> {
    if answer.status == 200 {
        return Some(id_and_version(answer));
    }
    assert_eq!(answer.refusal(), (409, 40901), "{}", answer.text);
    None
}

/// Contenders that are each compatible with the head, but not with each other, meet step by step.
async fn hold_in_steps(nodes: &Nodes, contest: Contest, steps: usize) {
    let subject = contest.subject("steps");
    contest.prepare(&nodes.client(0), &subject).await;
    let mut head = vec![0];
    contest
        .register(&nodes.client(0), &subject, &head)
        .await
        .ok();
    let mut chain = vec![contest.parsed(&contest.text(&head))];
    for _ in 0..steps {
        let contenders: Vec<Fields> = (0..TYPES)
            .map(|kind| [&head[..], &[kind]].concat())
            .collect();
        contest.expect_contenders_to_clash(&chain, &contenders);
        // Two registrars for each contender.
        let outcomes = together(2 * TYPES, |registrar| {
            let (client, subject) = (nodes.client(registrar), subject.clone());
            let fields = contenders[registrar % TYPES].clone();
            async move { won(&contest.register(&client, &subject, &fields).await) }
        })
        .await;
        let winners: BTreeSet<usize> = (0..2 * TYPES)
            .filter(|registrar| outcomes[*registrar].is_some())
            .map(|registrar| registrar % TYPES)
            .collect();
        let versions: BTreeSet<_> = outcomes.iter().flatten().collect();
        let expected = match contest.level {
            CompatibilityLevel::None => TYPES,
            _ => 1,
        };
        assert_eq!(winners.len(), expected, "{contest:?}: {outcomes:?}");
        assert_eq!(versions.len(), expected, "{contest:?}: {outcomes:?}");
        head.push(*winners.first().unwrap());
        chain = contest.expect_valid_chain(&nodes.client(1), &subject).await;
    }
}

/// Registrars read the head and add a field to it, as often and as fast as they can.
async fn hold_without_steps(nodes: &Nodes, contest: Contest, tries: usize) {
    let subject = contest.subject("free");
    contest.prepare(&nodes.client(0), &subject).await;
    contest
        .register(&nodes.client(0), &subject, &[0])
        .await
        .ok();
    let outcomes = together(3 * TYPES, |registrar| {
        let (client, subject) = (nodes.client(registrar), subject.clone());
        async move {
            let mut outcomes = Vec::new();
            for attempt in 0..tries {
                let path = format!("/subjects/{subject}/versions/latest/schema");
                let head = contest.fields_of(&client.get(&path).await.text);
                let fields = [&head[..], &[(registrar + attempt) % TYPES]].concat();
                outcomes.push(won(&contest.register(&client, &subject, &fields).await));
            }
            outcomes
        }
    })
    .await
    .concat();
    let chain = contest.expect_valid_chain(&nodes.client(2), &subject).await;
    let versions: BTreeSet<u64> = outcomes
        .iter()
        .flatten()
        .map(|(_, version)| *version)
        .collect();
    let most = u64::try_from(chain.len()).unwrap();
    assert_eq!(versions, (2..=most).collect(), "every version has an owner");
}

on_all_nodes!(one_contender_wins_each_step_and_the_chain_holds, |nodes| {
    for contest in Contest::all() {
        hold_in_steps(&nodes, contest, rounds(10)).await;
    }
});

on_all_nodes!(
    contenders_that_never_wait_leave_a_chain_that_holds,
    |nodes| {
        for contest in Contest::all() {
            hold_without_steps(&nodes, contest, rounds(8)).await;
        }
    }
);

on_all_nodes!(
    a_level_that_is_raised_holds_from_its_acknowledgement_on,
    |nodes| {
        let contest = Contest {
            format: SchemaType::Avro,
            level: CompatibilityLevel::FullTransitive,
        };
        for round in 0..rounds(50) {
            let subject = format!("raised-{round}");
            let path = format!("/subjects/{subject}/versions");
            let count = |versions: Value| versions.as_array().unwrap().len();
            nodes.client(0).level(&subject, "NONE").await.ok();
            contest
                .register(&nodes.client(0), &subject, &[0])
                .await
                .ok();
            // While others register what clashes, one raises the level. From then on nothing that clashes gets in.
            let outcomes = together(4 * TYPES, |registrar| {
                let (client, subject, path) =
                    (nodes.client(registrar), subject.clone(), path.clone());
                async move {
                    if registrar == 0 {
                        contest.prepare(&client, &subject).await;
                        return Some(count(client.get(&path).await.ok()));
                    }
                    let clashing = [
                        registrar % (TYPES - 1) + 1,
                        registrar % TYPES,
                        registrar / TYPES,
                    ];
                    won(&contest.register(&client, &subject, &clashing).await);
                    None
                }
            })
            .await;
            let at_acknowledgement = outcomes[0].unwrap();
            let now = count(nodes.client(1).get(&path).await.ok());
            assert_eq!(now, at_acknowledgement, "{subject}");
        }
    }
);

/// What a node says of a version that another one acknowledged.
async fn expect_version(client: &Client, subject: &str, text: &str, (id, version): (u64, u64)) {
    let path = format!("/subjects/{subject}/versions");
    let latest = client.get(&format!("{path}/latest")).await;
    assert_eq!(
        id_and_version(&latest),
        (id, version),
        "latest of {subject}"
    );
    let by_number = client.get(&format!("{path}/{version}")).await;
    assert_eq!(
        id_and_version(&by_number),
        (id, version),
        "{subject} {version}"
    );
    let by_id = client.get(&format!("/schemas/ids/{id}")).await.ok();
    assert_eq!(by_id["schema"], latest.json()["schema"], "id {id}");
    let body = json!({ "schema": text });
    let looked_up = client.post(&format!("/subjects/{subject}"), &body).await;
    assert_eq!(
        id_and_version(&looked_up),
        (id, version),
        "lookup in {subject}"
    );
    let listed = client
        .get(&format!("/subjects?subjectPrefix={subject}"))
        .await
        .ok();
    assert_eq!(listed, json!([subject]));
}

on_all_nodes!(what_one_node_acknowledged_every_node_knows, |nodes| {
    /// How many writers take turns at the nodes.
    const WRITERS: usize = 16;
    // Five probes for each version on each of two other nodes: 5,120 probes with three nodes.
    let each = rounds(32);
    let others: Vec<Vec<Client>> = (0..3).map(|turn| nodes.others(turn)).collect();
    let others = Arc::new(others);
    together(WRITERS, |writer| {
        let clients: Vec<Client> = (0..3).map(|turn| nodes.client(turn)).collect();
        let others = Arc::clone(&others);
        async move {
            for number in 0..each {
                let turn = (writer + number) % 3;
                // Every other version opens a subject, so that both kinds of absence might have been remembered.
                let subject = format!("w{writer}-{:03}", number / 2);
                let text = schema(format!("{writer}_{number}"));
                let next = format!("/subjects/{subject}/versions/{}", number % 2 + 1);
                for other in &others[turn] {
                    assert_eq!(other.get(&next).await.status, 404);
                }
                let answer = clients[turn].register(&subject, &text).await;
                let registered = id_and_version(&answer);
                for other in &others[turn] {
                    expect_version(other, &subject, &text, registered).await;
                }
            }
        }
    })
    .await;
});

on_all_nodes!(
    deletions_and_settings_are_known_everywhere_at_once,
    |nodes| {
        for round in 0..rounds(40) {
            let (writer, others) = (nodes.client(round), nodes.others(round));
            let subject = format!("s-{round:03}");
            writer.register(&subject, &schema(round)).await.ok();
            let version = format!("/subjects/{subject}/versions/1");
            let config = format!("/config/{subject}");
            writer.level(&subject, "FULL").await.ok();
            for other in &others {
                assert_eq!(other.get(&config).await.ok()["compatibilityLevel"], "FULL");
            }
            writer
                .put(&format!("/mode/{subject}"), &json!({ "mode": "READONLY" }))
                .await
                .ok();
            for other in &others {
                let refused = other
                    .register(&subject, &schema(format!("{round}_2")))
                    .await;
                assert_eq!(refused.refusal(), (422, 42205));
            }
            writer
                .put(&format!("/mode/{subject}"), &json!({ "mode": "READWRITE" }))
                .await
                .ok();
            writer.delete(&version).await.ok();
            for other in &others {
                assert_eq!(other.get(&version).await.status, 404);
                assert_eq!(
                    other.get(&format!("{version}?deleted=true")).await.status,
                    200
                );
            }
            writer
                .delete(&format!("{version}?permanent=true"))
                .await
                .ok();
            for other in &others {
                assert_eq!(
                    other.get(&format!("{version}?deleted=true")).await.status,
                    404
                );
                assert_eq!(other.get(&config).await.refusal(), (404, 40408));
            }
        }
    }
);

/// A registration that refers to a version, and a deletion of that version, at the same moment.
async fn refer_and_delete(nodes: &Nodes, round: usize, whole_subject: bool) {
    let (target, referrer) = (format!("target-{round}"), format!("referrer-{round}"));
    let name = format!("T{round}");
    let text = json!({ "type": "record", "name": name, "fields": [] }).to_string();
    nodes.client(round).register(&target, &text).await.ok();
    let referring = json!({
        "schema": json!({ "type": "record", "name": format!("R{round}"), "fields": [{ "name": "t", "type": name }] }).to_string(),
        "references": [{ "name": name, "subject": target, "version": 1 }],
    });
    let what = if whole_subject {
        format!("/subjects/{target}")
    } else {
        format!("/subjects/{target}/versions/1")
    };
    let answers = together(3, |part| {
        let (client, what, referring) =
            (nodes.client(round + part), what.clone(), referring.clone());
        let path = format!("/subjects/{referrer}-{part}/versions");
        async move {
            if part > 0 {
                return client.post(&path, &referring).await;
            }
            // Softly, and then for good.
            let softly = client.delete(&what).await;
            let gone = client.delete(&format!("{what}?permanent=true")).await;
            assert_eq!(softly.status, gone.status, "{} {}", softly.text, gone.text);
            softly
        }
    })
    .await;
    let client = nodes.client(round + 1);
    if answers[0].status == 200 {
        for refused in &answers[1..] {
            assert_eq!(refused.refusal(), (422, 42201), "{}", refused.text);
        }
    } else {
        assert_eq!(answers[0].refusal(), (422, 42206), "{}", answers[0].text);
        assert!(answers[1..].iter().any(|answer| answer.status == 200));
        let path = format!("/subjects/{target}/versions/1");
        client.get(&path).await.ok();
    }
    // Whoever got in refers to something that is there.
    for answer in answers[1..].iter().filter(|answer| answer.status == 200) {
        let path = format!("/subjects/{target}/versions/1/referencedby");
        assert_eq!(client.get(&path).await.ok(), json!([answer.id()]));
    }
}

on_all_nodes!(a_deletion_never_leaves_a_dangling_reference, |nodes| {
    for round in 0..rounds(100) {
        refer_and_delete(&nodes, round, round % 2 == 0).await;
    }
});

on_all_nodes!(
    a_request_that_cannot_be_stored_takes_nobody_along,
    |nodes| {
        let target = nodes.client(0).register("target", &schema("t")).await;
        target.ok();
        for name in ["nul \0 byte", "\u{202e}", "\u{fffe}", "'; --", "\\u0000"] {
            let answers = together(REGISTRARS, |registrar| {
                let client = nodes.client(registrar);
                let text = schema(format!("{registrar}"));
                let references = match registrar % 8 {
                    0 => json!([{ "name": name, "subject": "target", "version": 1 }]),
                    _ => json!([]),
                };
                let metadata = match registrar % 8 {
                    1 => json!({ "properties": { name: name } }),
                    _ => Value::Null,
                };
                let body =
                    json!({ "schema": text, "references": references, "metadata": metadata });
                async move {
                    client
                        .post(&format!("/subjects/s{registrar}/versions"), &body)
                        .await
                }
            })
            .await;
            for answer in answers {
                assert!(
                    matches!(answer.status, 200 | 422),
                    "{name:?}: {} {}",
                    answer.status,
                    answer.text
                );
            }
        }
    }
);
