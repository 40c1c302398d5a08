//! What stands between the socket and hyper: bytes are judged before hyper parses them.
//!
//! hyper answers a request it cannot parse by itself, with an empty body, and it silently drops one of two lengths that
//! contradict each other. So [`Wire`] shows hyper only heads that [`head`] has found good, with bodies that end where the head
//! says. A bad head is replaced by [`STAND_IN`], an ordinary request that hyper parses in its turn and hands to
//! [`Front`](super::connection::Front), which answers it with the refusal; the connection ends with it. That way hyper
//! keeps the order of pipelined responses, and no byte that we send needs to be looked at: a response may hold any text, and
//! so may look like an answer of hyper's.
//!
//! The deadlines of heads are kept here too, because only here is it known whether a head has begun. HTTP/2 passes untouched
//! once its preface was seen. Memory: one head, and one read.

mod chunks;
mod head;

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use self::chunks::{Chunks, Fed};
use self::head::{Body, Judgement, PREFACE};
use super::error::HttpError;
use super::exchange::Exchange;
use super::limits::Limits;

/// What hyper reads in place of a head that is refused. Nobody else ever sees it.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// How much is read at a time while waiting for a head.
const HEAD_READ_BYTES: usize = 8 * 1024;

/// A socket of which hyper sees only well-formed requests.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    socket: S,
    exchange: Arc<Exchange>,
    expecting: Expecting,
    /// Received and not yet judged.
    held: BytesMut,
    /// How much of `held` was judged to be an incomplete head.
    judged_bytes: usize,
    /// Judged, for hyper to read next.
    passed: BytesMut,
    heads_passed: u64,
    /// Nothing more is coming, or waiting for it was enough.
    client_is_done: bool,
    header_read: Duration,
    head_deadline: Timer,
    write_stall: Duration,
    write_deadline: Timer,
    linger: Duration,
    linger_deadline: Timer,
}

/// What the next bytes from the client are.
#[derive(Debug)]
enum Expecting {
    /// The first head, or the HTTP/2 preface.
    Beginning,
    Head,
    Body {
        bytes_left: u64,
    },
    ChunkedBody(Chunks),
    /// HTTP/2: whatever comes.
    Anything,
    /// A head was refused: nothing more is read.
    Nothing,
    /// The body was badly framed or the client stayed silent: hyper is told that the client is gone.
    End,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(socket: S, exchange: Arc<Exchange>, limits: &Limits) -> Self {
        Self {
            socket,
            exchange,
            expecting: Expecting::Beginning,
            held: BytesMut::new(),
            judged_bytes: 0,
            passed: BytesMut::new(),
            heads_passed: 0,
            client_is_done: false,
            header_read: limits.header_read,
            head_deadline: Timer::started(limits.header_read),
            write_stall: limits.write_stall,
            write_deadline: Timer::default(),
            linger: limits.linger,
            linger_deadline: Timer::default(),
        }
    }

    /// Judges what is held; `false` if more is needed first.
    fn judge_head(&mut self) -> bool {
        if self.held.len() == self.judged_bytes {
            return false;
        }
        if matches!(self.expecting, Expecting::Beginning) {
            let compared = self.held.len().min(PREFACE.len());
            if self.held[..compared] == PREFACE[..compared] {
                if compared == PREFACE.len() {
                    self.head_deadline.stop();
                    self.expecting = Expecting::Anything;
                    self.passed = self.held.split();
                }
                return compared == PREFACE.len();
            }
        }
        match head::judge(&self.held, self.judged_bytes) {
            Judgement::Incomplete => {
                self.judged_bytes = self.held.len();
                self.exchange.head_begun(true);
                if !self.head_deadline.is_running() {
                    self.head_deadline.start(self.header_read);
                    self.exchange.sign_of_life();
                }
                return false;
            }
            Judgement::Good { head_bytes, body } => {
                self.passed = self.held.split_to(head_bytes);
                if self.held.is_empty() {
                    self.held = BytesMut::new();
                }
                self.heads_passed += 1;
                self.exchange.head_begun(false);
                self.judged_bytes = 0;
                self.head_deadline.stop();
                self.expecting = match body {
                    Body::Sized(0) => Expecting::Head,
                    Body::Sized(bytes_left) => Expecting::Body { bytes_left },
                    Body::Chunked => Expecting::ChunkedBody(Chunks::default()),
                };
                self.tell_of_body();
            }
            Judgement::Bad(error) => self.refuse(error),
        }
        true
    }

    fn refuse(&mut self, error: HttpError) {
        self.exchange.refuse(self.heads_passed, error);
        self.exchange.head_begun(false);
        self.expecting = Expecting::Nothing;
        self.head_deadline.stop();
        self.held = BytesMut::new();
        self.passed = BytesMut::from(STAND_IN);
    }

    /// Reads until a head was judged or the client ended the connection.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.judge_head() {
            let mut space = [const { MaybeUninit::uninit() }; HEAD_READ_BYTES];
            let mut read = ReadBuf::uninit(&mut space);
            match Pin::new(&mut self.socket).poll_read(cx, &mut read)? {
                Poll::Ready(()) if read.filled().is_empty() => {
                    // Of a head that breaks off, nothing is worth an answer.
                    self.client_is_done = true;
                    self.expecting = Expecting::End;
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(()) => self.held.extend_from_slice(read.filled()),
                Poll::Pending => {
                    ready!(self.head_deadline.poll(cx));
                    self.head_took_too_long();
                    return Poll::Ready(Ok(()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    fn head_took_too_long(&mut self) {
        if self.held.is_empty() {
            self.client_is_done = true;
            self.expecting = Expecting::End;
        } else {
            self.refuse(HttpError::request_timeout(format!(
                "the request's headers did not arrive within {} ms",
                self.header_read.as_millis()
            )));
        }
    }

    /// Reads a part of a body straight into hyper's buffer, or from what came together with the head. What lies beyond the
    /// body's end is held back.
    fn poll_body(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.held.is_empty() {
            let offered = self.held.len().min(buf.remaining());
            let within = self.expecting.follow_body(&self.held[..offered]);
            take(&mut self.held, within, buf);
            self.tell_of_body();
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buf))?;
        let new = &buf.filled()[before..];
        self.client_is_done = new.is_empty();
        let within = self.expecting.follow_body(new);
        self.held.extend_from_slice(&new[within..]);
        buf.set_filled(before + within);
        self.tell_of_body();
        Poll::Ready(Ok(()))
    }

    fn tell_of_body(&self) {
        let is_due = !matches!(self.expecting, Expecting::Head);
        self.exchange.body_due(self.heads_passed, is_due);
    }

    /// Whether the client may be sending what nobody is going to read.
    fn is_cut_short(&self) -> bool {
        let nothing_is_due = matches!(
            self.expecting,
            Expecting::Beginning | Expecting::Head | Expecting::Anything
        );
        let is_settled = nothing_is_due && self.held.is_empty();
        !self.client_is_done && !is_settled
    }
}

impl Expecting {
    /// Returns how many of the bytes belong to the body, and moves on if it ends with them.
    fn follow_body(&mut self, bytes: &[u8]) -> usize {
        let (within, next) = match self {
            Self::Body { bytes_left } => {
                let all = bytes.len();
                let within = usize::try_from(*bytes_left).map_or(all, |left| left.min(all));
                *bytes_left -= within as u64;
                (within, (*bytes_left == 0).then_some(Self::Head))
            }
            Self::ChunkedBody(chunks) => match chunks.feed(bytes) {
                Fed::Goes => (bytes.len(), None),
                Fed::Ends { bytes } => (bytes, Some(Self::Head)),
                Fed::Bad { bytes } => (bytes, Some(Self::End)),
            },
            _ => (bytes.len(), None),
        };
        if let Some(next) = next {
            *self = next;
        }
        within
    }
}

/// Moves at most `bytes`, as far as there are any and there is room for them.
fn take(from: &mut BytesMut, bytes: usize, buf: &mut ReadBuf<'_>) {
    let bytes = bytes.min(from.len()).min(buf.remaining());
    buf.put_slice(&from[..bytes]);
    from.advance(bytes);
    if from.is_empty() {
        // Idle connections hold no memory.
        *from = BytesMut::new();
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.passed.is_empty() {
                take(&mut this.passed, usize::MAX, buf);
                return Poll::Ready(Ok(()));
            }
            match this.expecting {
                Expecting::Beginning | Expecting::Head => ready!(this.poll_head(cx))?,
                Expecting::Body { .. } | Expecting::ChunkedBody(_) => {
                    return this.poll_body(cx, buf);
                }
                Expecting::Anything => return Pin::new(&mut this.socket).poll_read(cx, buf),
                Expecting::Nothing => return Poll::Pending,
                Expecting::End => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Ends the connection of a client that reads nothing for too long.
    fn watch_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_deadline.stop();
            if !matches!(self.expecting, Expecting::Anything) {
                self.exchange.sign_of_life();
            }
            return written;
        }
        if !self.write_deadline.is_running() {
            self.write_deadline.start(self.write_stall);
        }
        ready!(self.write_deadline.poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Reads and drops what still comes, until the client is done or time is up. Closing a socket with unread bytes would
    /// reset the connection, and the client would lose our last response.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.linger_deadline.is_running() {
            self.linger_deadline.start(self.linger);
        }
        let mut space = [const { MaybeUninit::uninit() }; HEAD_READ_BYTES];
        while self.linger_deadline.poll(cx).is_pending() {
            let mut read = ReadBuf::uninit(&mut space);
            let outcome = ready!(Pin::new(&mut self.socket).poll_read(cx, &mut read));
            if outcome.is_err() || read.filled().is_empty() {
                break;
            }
        }
        self.client_is_done = true;
        Poll::Ready(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.socket).poll_write(cx, bytes);
        this.watch_write(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.socket).poll_write_vectored(cx, slices);
        this.watch_write(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.linger_deadline.is_running() {
            ready!(Pin::new(&mut this.socket).poll_shutdown(cx))?;
        }
        if this.is_cut_short() {
            ready!(this.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}

/// A deadline that is mostly not running.
#[derive(Debug, Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    running: bool,
}

impl Timer {
    fn started(after: Duration) -> Self {
        let mut timer = Self::default();
        timer.start(after);
        timer
    }

    fn start(&mut self, after: Duration) {
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(Instant::now() + after),
            None => self.sleep = Some(Box::pin(sleep(after))),
        }
        self.running = true;
    }

    fn stop(&mut self) {
        self.running = false;
    }

    fn is_running(&self) -> bool {
        self.running
    }

    /// Ready when the time is up; pending for ever while it is not running.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.running => sleep.as_mut().poll(cx),
            _ => Poll::Pending,
        }
    }
}
