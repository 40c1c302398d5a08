//! Deadlines of heads, bodies and connections.

use dovetail_server::http::{BodyLimits, Limits};
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use super::client::{SHORT, request, within};
use super::server::{BIG_BYTES, Server};

#[tokio::test]
async fn i65_dribbled_headers_are_answered_with_408() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write("GET /json HTTP/1.1\r\nHost: r\r\n").await;
    let (mut read, mut write) = client.stream.split();
    let dribble = async {
        while write.write_all(b"A: b\r\n").await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    let mut first = [0; 12];
    tokio::select! {
        outcome = within(read.read_exact(&mut first)) => { outcome.unwrap(); }
        () = dribble => {}
    }
    assert_eq!(&first, b"HTTP/1.1 408");
    client.received = first.to_vec();
    let reply = client.reply().await;
    reply.refused_as(408);
    assert_eq!(reply.header("connection"), Some("close"));
    client.is_closed().await;
}

#[tokio::test]
async fn i65_the_second_head_has_the_same_deadline() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    let both = format!("{}GET /js", request("GET", "/json", ""));
    client.write(both).await;
    client.reply().await.is_ok();
    client.reply().await.refused_as(408);
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_head_under_way_is_not_idle() {
    let limits = Limits {
        header_read: SHORT,
        keep_alive_idle: SHORT / 4,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write("GET /json HTTP/1.1\r\nHost: r\r\n").await;
    client.reply().await.refused_as(408);
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_new_connection_that_says_nothing_is_closed() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    server.connect().await.is_closed().await;
    let mut half_preface = server.connect().await;
    half_preface.write("PRI * HTTP/2.0\r\n").await;
    half_preface.reply().await.refused_as(408);
}

#[tokio::test]
async fn i65_a_connection_between_requests_may_wait_longer_than_a_head() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
    sleep(2 * SHORT).await;
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
}

#[tokio::test]
async fn i65_an_idle_connection_is_closed() {
    let limits = Limits {
        keep_alive_idle: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_connection_with_a_request_under_way_is_not_idle() {
    let limits = Limits {
        keep_alive_idle: SHORT / 4,
        drain: SHORT / 4,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/slow", "")).await;
    within(server.doors.entered.notified()).await;
    sleep(2 * SHORT).await;
    server.doors.open.notify_one();
    client.reply().await.is_ok();
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_dribbled_body_is_answered_with_408() {
    let body_limits = BodyLimits {
        deadline: SHORT,
        ..BodyLimits::default()
    };
    let server = Server::with(Limits::default(), body_limits).await;
    let mut client = server.connect().await;
    let head = request("POST", "/read", "Content-Length: 100\r\n");
    client.write(format!("{head}{{")).await;
    let reply = client.reply().await;
    reply.refused_as(408);
    assert_eq!(reply.header("connection"), Some("close"));
    client.finish_writing().await;
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_body_cut_short_ends_at_once() {
    let server = Server::start().await;
    for head in ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut client = server.connect().await;
        client.write(request("POST", "/read", head)).await;
        client.write("5\r\n{}").await;
        client.finish_writing().await;
        client.reply().await.refused_as(400);
        client.is_closed().await;
    }
}

#[tokio::test]
async fn a_head_cut_short_ends_without_an_answer() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.write("GET /json HTTP/1.1\r\nHos").await;
    client.finish_writing().await;
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_client_that_reads_nothing_is_dropped() {
    let limits = Limits {
        write_stall: SHORT,
        max_connections: 1,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/big", "")).await;
    // There is one slot, so this is only answered once the first connection was dropped.
    assert!(server.is_healthy().await);
    while client.read_more().await {}
    assert!(client.received.len() < BIG_BYTES);
}

#[tokio::test]
async fn i67_a_too_large_length_is_refused_before_the_body_is_asked_for() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let over = BodyLimits::default().max_bytes + 1;
    let head = format!("Content-Length: {over}\r\nExpect: 100-continue\r\n");
    client.write(request("POST", "/read", &head)).await;
    client.reply().await.refused_as(413);
    client.finish_writing().await;
    client.is_closed().await;
}

#[tokio::test]
async fn an_expected_continue_is_sent_where_the_body_is_wanted() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let head = "Content-Length: 2\r\nExpect: 100-continue\r\n";
    client.write(request("POST", "/read", head)).await;
    assert_eq!(client.reply().await.status, 100);
    client.write("{}").await;
    assert_eq!(client.reply().await.is_ok().text(), "2");
}
