//! `/subjects/{subject}/versions` and below.

use super::*;

mod delete;
mod extras;
mod formats;
mod read;
mod references;
mod register;
mod shown;
mod tags;
