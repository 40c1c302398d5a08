//! The contract, `openapi.yaml`, and whether an answer keeps it: the status is documented for the operation, the body is
//! valid against its schema, the media type is one of those listed, and the code of a refusal is one the operation names.
//!
//! [`Client`](crate::Client) asks this of every answer it receives, so that no suite can see an undocumented one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use jsonschema::Validator;
use reqwest::header::{ALLOW, CONTENT_TYPE};
use serde_json::{Map, Value};

use crate::Answer;

/// The committed document.
pub const OPENAPI: &str = include_str!("../../openapi.yaml");

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What is refused before routing, with the status as its code; see the answers `Edge` and `PlainEdge` of the document.
const EDGES: [u16; 8] = [400, 406, 408, 413, 414, 415, 431, 500];

/// The document, taken apart once.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    operations: Vec<Operation>,
    refusal: Reply,
}

/// One method of one path.
#[derive(Debug)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// `x-error-codes`.
    pub codes: BTreeSet<u64>,
    /// For people.
    pub description: String,
    replies: BTreeMap<u16, Reply>,
    edge: Option<(BTreeSet<u16>, Reply)>,
}

/// One documented answer.
#[derive(Debug, Clone)]
struct Reply {
    media_types: BTreeSet<String>,
    /// `None` where there is no body.
    schema: Option<Arc<Validator>>,
    is_raw_text: bool,
    /// Codes that this answer has in every operation.
    codes: BTreeSet<u64>,
}

impl Contract {
    /// The contract of this tree.
    pub fn committed() -> &'static Self {
        static COMMITTED: LazyLock<Contract> = LazyLock::new(|| Contract::read(OPENAPI));
        &COMMITTED
    }

    fn read(text: &str) -> Self {
        let document: Value =
            serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("openapi.yaml: {error}"));
        let mut schemas = Schemas::new(&document);
        let refusal = Reply::read(
            &document,
            &document["components"]["responses"]["Edge"],
            &mut schemas,
        );
        let mut operations = Vec::new();
        for (path, item) in object(&document["paths"]) {
            for method in METHODS.iter().filter(|method| !item[**method].is_null()) {
                let operation = &item[*method];
                operations.push(Operation::read(
                    &document,
                    method,
                    path,
                    operation,
                    &mut schemas,
                ));
            }
        }
        Self {
            document,
            operations,
            refusal,
        }
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every operation.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Says what is wrong with an answer to a request for `target`, the path and query as they were sent.
    pub fn check(&self, method: &str, target: &str, answer: &Answer) -> Result<(), String> {
        let path = plain(target.split('?').next().unwrap_or_default());
        let path = without_context(&path);
        let is_head = method == "HEAD";
        let wanted = if is_head { "GET" } else { method };
        let on_path: Vec<&Operation> = self
            .operations
            .iter()
            .filter(|operation| operation.is_at(path))
            .collect();
        if answer.headers.get("x-request-id").is_none() {
            return Err("it has no X-Request-ID".to_owned());
        }
        // A literal segment wins over a parameter, whatever the method: `/schemas/types` is not an id.
        let literal = on_path
            .iter()
            .map(|operation| operation.path.matches('{').count())
            .min();
        let operation = on_path.iter().find(|operation| {
            operation.method == wanted && Some(operation.path.matches('{').count()) == literal
        });
        match operation {
            Some(operation) => operation.check(answer, is_head),
            None => self.check_unrouted(!on_path.is_empty(), method, answer, is_head),
        }
    }

    /// What is no route is answered with 404, and a method that a route does not have with 405.
    fn check_unrouted(
        &self,
        is_path: bool,
        method: &str,
        answer: &Answer,
        is_head: bool,
    ) -> Result<(), String> {
        let is_never_a_method = matches!(method, "TRACE" | "CONNECT");
        let expected = if is_path || is_never_a_method {
            405
        } else {
            404
        };
        if answer.status != expected && !EDGES.contains(&answer.status) {
            return Err(format!(
                "no such operation is documented, and this is no {expected}"
            ));
        }
        if answer.status == 405 && !answer.headers.contains_key(ALLOW) {
            return Err("a 405 names the methods that are allowed".to_owned());
        }
        self.refusal
            .check(answer, &BTreeSet::from([answer.status.into()]), is_head)
    }
}

impl Operation {
    fn read(
        document: &Value,
        method: &str,
        path: &str,
        operation: &Value,
        schemas: &mut Schemas,
    ) -> Self {
        let mut replies = BTreeMap::new();
        let mut edge = None;
        for (status, reply) in object(&operation["responses"]) {
            let reply = resolved(document, reply);
            let read = Reply::read(document, reply, schemas);
            if status == "default" {
                let statuses = numbers(&reply["x-statuses"]);
                let statuses = statuses
                    .into_iter()
                    .map(|status| u16::try_from(status).expect("a status is small"));
                edge = Some((statuses.collect(), read));
            } else {
                let status = status.parse().expect("a status is a number");
                replies.insert(status, read);
            }
        }
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            codes: numbers(&operation["x-error-codes"]),
            description: operation["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            replies,
            edge,
        }
    }

    /// The statuses with an entry of their own.
    pub fn statuses(&self) -> impl Iterator<Item = u16> {
        self.replies.keys().copied()
    }

    fn is_at(&self, path: &str) -> bool {
        let mut given = path.split('/');
        let fits = self.path.split('/').all(|segment| {
            given.next().is_some_and(|given| {
                given == segment || (segment.starts_with('{') && !given.is_empty())
            })
        });
        fits && given.next().is_none()
    }

    fn check(&self, answer: &Answer, is_head: bool) -> Result<(), String> {
        if let Some(reply) = self.replies.get(&answer.status) {
            let codes = self.codes.union(&reply.codes).copied();
            let of_status = codes.filter(|code| is_of(*code, answer.status.into()));
            let of_status: BTreeSet<u64> = of_status.collect();
            // A request may be refused at the edge with a status that the operation has too.
            let edge = self
                .edge
                .as_ref()
                .filter(|(statuses, _)| statuses.contains(&answer.status));
            let edge = edge.map(|_| u64::from(answer.status));
            return reply.check(
                answer,
                &of_status.into_iter().chain(edge).collect(),
                is_head,
            );
        }
        match &self.edge {
            Some((statuses, reply)) if statuses.contains(&answer.status) => {
                reply.check(answer, &BTreeSet::from([answer.status.into()]), is_head)
            }
            _ => Err(format!(
                "{} {} documents no such status",
                self.method, self.path
            )),
        }
    }
}

impl Reply {
    fn read(document: &Value, reply: &Value, schemas: &mut Schemas) -> Self {
        let content = reply["content"].as_object().into_iter().flatten();
        let schema = content
            .clone()
            .map(|(_, media)| schemas.validator(resolved(document, &media["schema"])))
            .next();
        Self {
            media_types: content.map(|(name, _)| name.clone()).collect(),
            schema,
            is_raw_text: reply["x-raw-text"] == true,
            codes: numbers(&reply["x-error-codes"]),
        }
    }

    fn check(&self, answer: &Answer, codes: &BTreeSet<u64>, is_head: bool) -> Result<(), String> {
        let Some(schema) = &self.schema else {
            let is_empty = answer.text.is_empty();
            return is_empty
                .then_some(())
                .ok_or_else(|| "it has a body".to_owned());
        };
        let content_type = answer.headers.get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !self.media_types.contains(content_type) {
            return Err(format!("the media type {content_type:?} is not documented"));
        }
        if is_head {
            let is_empty = answer.text.is_empty();
            return is_empty
                .then_some(())
                .ok_or_else(|| "HEAD has a body".to_owned());
        }
        if self.is_raw_text || !content_type.ends_with("json") {
            return Ok(());
        }
        let body: Value = serde_json::from_str(&answer.text)
            .map_err(|error| format!("the body is not JSON: {error}"))?;
        if let Some(error) = schema.iter_errors(&body).next() {
            return Err(format!("the body at {:?}: {error}", error.instance_path()));
        }
        let code = body["error_code"].as_u64();
        if answer.status >= 400 && code.is_none_or(|code| !codes.contains(&code)) {
            return Err(format!("the code is none of {codes:?}"));
        }
        Ok(())
    }
}

/// Validators, one for each schema, however many answers share it.
struct Schemas {
    components: Value,
    validators: BTreeMap<String, Arc<Validator>>,
}

impl Schemas {
    fn new(document: &Value) -> Self {
        let mut components = Map::new();
        components.insert(
            "schemas".to_owned(),
            document["components"]["schemas"].clone(),
        );
        Self {
            components: components.into(),
            validators: BTreeMap::new(),
        }
    }

    fn validator(&mut self, schema: &Value) -> Arc<Validator> {
        let known = self.validators.entry(schema.to_string());
        let build = || {
            let mut schema = schema.clone();
            let root = schema.as_object_mut().expect("a schema is an object");
            // Where `#/components/schemas/…` points to.
            root.insert("components".to_owned(), self.components.clone());
            let built = jsonschema::draft202012::new(&schema);
            Arc::new(built.unwrap_or_else(|error| panic!("{schema}: {error}")))
        };
        Arc::clone(known.or_insert_with(build))
    }
}

/// Whether a code may come with a status: it is the status, or the status with two more digits. What is wrong with the
/// database has one code for all statuses of a failed server.
pub fn is_of(code: u64, status: u64) -> bool {
    code == status || code / 100 == status || (code / 100 == 500 && status >= 500)
}

/// A slash at the end, and whether the colon of an operation is encoded, make no difference.
fn plain(path: &str) -> String {
    let shorter = path
        .strip_suffix('/')
        .filter(|shorter| !shorter.is_empty() && !shorter.ends_with('/'));
    let path = shorter.unwrap_or(path);
    match path.rsplit_once('/') {
        Some((parent, last)) if last.starts_with("associations%3") => {
            format!("{parent}/{}", last.replace("%3A", ":").replace("%3a", ":"))
        }
        _ => path.to_owned(),
    }
}

/// A path that begins with a context is answered as the one without it.
fn without_context(path: &str) -> &str {
    let rest = path.strip_prefix("/contexts/");
    let rest = rest.and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    let prefixes = [
        "subjects",
        "schemas",
        "config",
        "mode",
        "compatibility",
        "associations",
        "associations:batchGet",
        "associations:batchMutate",
    ];
    let first = rest.and_then(|rest| rest.split('/').nth(1));
    match (rest, first) {
        // The context itself is the scope.
        (Some("/config"), _) => "/config/{subject}",
        (Some("/mode"), _) => "/mode/{subject}",
        (Some(rest), Some(first)) if prefixes.contains(&first) => rest,
        _ => path,
    }
}

/// Follows a reference inside the document.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value["$ref"].as_str() else {
        return value;
    };
    document
        .pointer(reference.trim_start_matches('#'))
        .unwrap_or_else(|| panic!("openapi.yaml has no {reference}"))
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn numbers(value: &Value) -> BTreeSet<u64> {
    let items = value.as_array().into_iter().flatten();
    items
        .map(|number| number.as_u64().expect("a number"))
        .collect()
}
