//! The protocol, resource by resource. Mirrors `server/src/api`.

mod root;
