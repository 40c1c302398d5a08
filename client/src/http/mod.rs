//! Requests and answers: what is sent, to which base URL, how often, and what is made of the answer.

mod answer;
mod call;
mod exchange;
mod fault;
mod retry;
mod tls;

pub(crate) use answer::{Answer, broken};
pub(crate) use call::{Call, Repeat};
pub(crate) use exchange::Exchange;
pub use fault::TlsFault;
pub use retry::Retry;
pub(crate) use tls::Tls;
