//! The error body.

use serde::{Deserialize, Serialize};

/// What every refused request is answered with. Exactly these two keys: others have broken clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The protocol's code: the HTTP status, or the status with two more digits.
    pub error_code: u32,
    /// For people.
    pub message: String,
}
