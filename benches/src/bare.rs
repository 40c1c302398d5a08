//! The ceiling of reads: axum, its router, and answers in memory. It does what any handler has to do and nothing else.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::Stdio,
    sync::Arc,
};

use axum::{
    Router,
    extract::{self, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{process::Process, reads::Answers};

/// The running ceiling.
#[derive(Debug)]
pub(crate) struct Bare {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    _answers: tempfile::NamedTempFile,
}

impl Bare {
    /// Runs this program again as a server that has these answers.
    pub(crate) fn start(answers: &Answers) -> Self {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        let text = |answers: &[Bytes]| -> Vec<String> {
            let text = |answer: &Bytes| String::from_utf8_lossy(answer).into_owned();
            answers.iter().map(text).collect()
        };
        let all = serde_json::json!({
            "ids": answers.ids,
            "subjects": answers.subjects,
            "by_id": text(&answers.by_id),
            "by_subject": text(&answers.by_subject),
        });
        file.write_all(all.to_string().as_bytes())
            .expect("a temporary file can be written");
        let program = std::env::current_exe().expect("this program has a path");
        let mut command = Process::command(program, true);
        command.arg("bare").arg(file.path()).stdout(Stdio::null());
        let mut process = Process::start(&mut command);
        let stderr = process
            .child()
            .stderr
            .take()
            .expect("standard error is piped");
        let mut address = String::new();
        BufReader::new(stderr)
            .read_line(&mut address)
            .expect("it says where it listens");
        Self {
            process,
            address: address.trim().parse().expect("an address"),
            _answers: file,
        }
    }
}

struct Memory {
    by_id: HashMap<u32, Bytes>,
    by_subject: HashMap<String, Bytes>,
}

/// Serves until it is killed.
pub(crate) fn run(answers: &Path) {
    let memory = Arc::new(Memory::read(answers));
    let router = Router::new()
        .route("/schemas/ids/{id}", get(by_id))
        .route("/subjects/{subject}/versions/latest", get(latest))
        .route("/subjects/{subject}", post(look_up))
        .with_state(memory);
    let serving = async {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has free ports");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        writeln!(std::io::stderr(), "{address}").expect("somebody waits for it");
        let listener = listener.tap_io(|stream| {
            // As the registry does.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(serving)
        .expect("axum serves for ever");
}

impl Memory {
    fn read(answers: &Path) -> Self {
        let file = std::fs::File::open(answers).expect("the answers are there");
        let all: Value = serde_json::from_reader(BufReader::new(file)).expect("they are JSON");
        let list = |name: &str| all[name].as_array().cloned().unwrap_or_default();
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let ids = list("ids")
            .into_iter()
            .filter_map(|id| id.as_u64()?.try_into().ok());
        let body = |value| Bytes::from(text(value));
        Self {
            by_id: ids.zip(list("by_id").into_iter().map(body)).collect(),
            by_subject: list("subjects")
                .into_iter()
                .map(text)
                .zip(list("by_subject").into_iter().map(body))
                .collect(),
        }
    }
}

async fn by_id(
    State(memory): State<Arc<Memory>>,
    extract::Path(id): extract::Path<u32>,
) -> Response {
    answer(memory.by_id.get(&id))
}

async fn latest(
    State(memory): State<Arc<Memory>>,
    extract::Path(subject): extract::Path<String>,
) -> Response {
    answer(memory.by_subject.get(&subject))
}

async fn look_up(
    State(memory): State<Arc<Memory>>,
    extract::Path(subject): extract::Path<String>,
    _body: Bytes,
) -> Response {
    answer(memory.by_subject.get(&subject))
}

fn answer(found: Option<&Bytes>) -> Response {
    static MEDIA_TYPE: HeaderValue =
        HeaderValue::from_static("application/vnd.schemaregistry.v1+json");
    match found {
        Some(body) => ([(header::CONTENT_TYPE, MEDIA_TYPE.clone())], body.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
