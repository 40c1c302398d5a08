//! The accept loop: who gets in, and how everybody is seen out.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::connection::{Connections, Phase};
use super::limits::Limits;
use super::shortcut::Shortcut;

/// Serves HTTP/1.1 and HTTP/2 (with prior knowledge) until `shutdown` completes; then stops accepting, lets requests finish
/// for at most [`Limits::drain`], and drops what is left.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shortcut: Shortcut,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let drain = limits.drain;
    let (phase, _) = watch::channel(Phase::Serving);
    {
        let accepting = accept_all(&listener, router, shortcut, limits, &phase);
        let mut accepting = pin!(accepting);
        let mut shutdown = pin!(shutdown);
        tokio::select! {
            () = shutdown.as_mut() => {}
            () = accepting.as_mut() => {}
        }
    }
    drop(listener);
    see_out(&phase, drain).await;
}

/// Accepts for ever.
async fn accept_all(
    listener: &TcpListener,
    router: Router,
    shortcut: Shortcut,
    limits: Limits,
    phase: &watch::Sender<Phase>,
) {
    let slots = Arc::new(Semaphore::new(limits.max_connections));
    let pause = limits.accept_pause;
    let connections = Connections::new(router, shortcut, limits);
    loop {
        // Without a slot nothing is accepted: the kernel's backlog is where clients wait.
        let slot = Arc::clone(&slots)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                recover(&error, pause).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "no TCP_NODELAY");
        }
        let serving = connections.clone().run(stream, peer, phase.subscribe());
        tokio::spawn(async move {
            serving.await;
            drop(slot);
        });
    }
}

/// Errors of one connection are its own affair. Others, such as a want of file descriptors, last: accepting again at once
/// would only burn the processor.
async fn recover(error: &io::Error, pause: Duration) {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset => {}
        _ => {
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::error!(%error, pause_ms, "cannot accept connections, trying again");
            sleep(pause).await;
        }
    }
}

/// Ends all connections, those with requests under way after these are finished or `drain` is over.
async fn see_out(phase: &watch::Sender<Phase>, drain: Duration) {
    let connections = phase.receiver_count();
    tracing::info!(connections, "shutting down, finishing requests");
    phase.send_replace(Phase::Draining);
    if timeout(drain, phase.closed()).await.is_err() {
        let dropped = phase.receiver_count();
        tracing::warn!(
            dropped,
            "dropping connections whose requests did not finish in time"
        );
        phase.send_replace(Phase::Dropping);
        phase.closed().await;
    }
}
