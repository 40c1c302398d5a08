//! The server as a whole: slots, panics, shutdown, descriptors.

use dovetail_server::http::{BodyLimits, Limits};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::{SHORT, request, within};
use super::server::Server;

#[tokio::test]
async fn excess_connections_wait_for_a_slot() {
    let limits = Limits {
        max_connections: 2,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    for client in [&mut first, &mut second] {
        client.write(request("GET", "/json", "")).await;
        client.reply().await.is_ok();
    }
    let mut third = server.connect().await;
    third.write(request("GET", "/json", "")).await;
    let early = timeout(SHORT, third.read_more()).await;
    assert!(early.is_err(), "answered without a slot");
    drop(first);
    third.reply().await.is_ok();
    second.write(request("GET", "/json", "")).await;
    second.reply().await.is_ok();
}

#[tokio::test]
async fn a_panic_is_answered_with_500() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.write(request("GET", "/panic", "")).await;
    let message = client.reply().await.refused_as(500);
    assert!(!message.contains("on purpose"));
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
}

#[tokio::test]
async fn shutdown_finishes_requests_and_closes_idle_connections() {
    let mut server = Server::start().await;
    let mut idle = server.connect().await;
    idle.write(request("GET", "/json", "")).await;
    idle.reply().await.is_ok();
    let mut busy = server.connect().await;
    busy.write(request("GET", "/slow", "")).await;
    within(server.doors.entered.notified()).await;

    server.begin_shutdown();
    idle.is_closed().await;
    within(async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    server.doors.open.notify_one();
    let reply = busy.reply().await;
    assert_eq!(reply.is_ok().header("connection"), Some("close"));
    busy.is_closed().await;
    within(server.running).await.unwrap();
}

#[tokio::test]
async fn shutdown_drops_what_does_not_finish_in_time() {
    let limits = Limits {
        drain: SHORT,
        ..Limits::default()
    };
    let mut server = Server::with(limits, BodyLimits::default()).await;
    let mut busy = server.connect().await;
    busy.write(request("GET", "/slow", "")).await;
    within(server.doors.entered.notified()).await;
    server.begin_shutdown();
    within(server.running).await.unwrap();
    busy.is_closed().await;
}

/// Runs the next test in a process of its own, in which few files can be open.
#[test]
fn accepting_survives_a_want_of_descriptors() {
    let name = "edges::whole::accepts_again_once_descriptors_are_free";
    let limited = format!("ulimit -n 64 && exec \"$0\" --exact {name} --ignored");
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(limited)
        .arg(std::env::current_exe().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("1 passed"),
        "the test has another name: {said}"
    );
}

#[tokio::test]
#[ignore = "uses up all file descriptors of its process; started by the test above"]
async fn accepts_again_once_descriptors_are_free() {
    let limits = Limits {
        accept_pause: SHORT / 10,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut files = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        files.push(file);
    }
    files.pop();
    // Takes the last descriptor, so that the server has none for its end.
    let mut client = server.connect().await;
    client.write(request("GET", "/json", "")).await;
    assert!(timeout(SHORT, client.read_more()).await.is_err());
    drop(files);
    client.reply().await.is_ok();
}
