//! Verifying deliveries: whether a request that says it is a webhook of the registry's is one, and is new.
//!
//! Signatures are those of the Standard Webhooks specification. A secret `whsec_…` verifies `v1` (HMAC-SHA256); a public
//! key `whpk_…` verifies `v1a` (Ed25519). A request may carry several signatures, while secrets are rotated for example,
//! and one that fits is enough.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use sha2::Sha256;

/// The header with the event's id, the same in each attempt.
pub const ID_HEADER: &str = "webhook-id";
/// The header with the time of the attempt, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header with the signatures, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far the time of a delivery may be from now.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Why a request is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A header is missing, or is not text.
    #[error("the header {0} is missing")]
    MissingHeader(&'static str),
    /// The time is no number of seconds.
    #[error("the header webhook-timestamp is not a number of seconds: {0:?}")]
    BadTimestamp(String),
    /// The delivery is older than the tolerance: it may be a repetition by someone who saw it.
    #[error("the delivery is {0:?} old")]
    TooOld(Duration),
    /// The delivery is from further in the future than the tolerance.
    #[error("the delivery is {0:?} in the future; compare the clocks")]
    TooNew(Duration),
    /// None of the signatures is of a known kind, made with a known key, and of this body.
    #[error("no signature fits")]
    NoSignatureFits,
}

/// Why a text is no key to verify with. It does not repeat the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It begins with neither prefix.
    #[error("a key begins with whsec_ (a secret) or whpk_ (a public key)")]
    UnknownKind,
    /// What follows the prefix is not base64.
    #[error("what follows the prefix of the key is not base64")]
    NotBase64,
    /// A secret is too short to be one.
    #[error("the secret has {0} bytes, and at least 16 are needed")]
    TooShort(usize),
    /// A public key is none of Ed25519.
    #[error("the public key is none of Ed25519")]
    NotEd25519,
}

/// The three headers that are verified with the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHeaders<'a> {
    /// [`ID_HEADER`].
    pub id: &'a str,
    /// [`TIMESTAMP_HEADER`].
    pub timestamp: &'a str,
    /// [`SIGNATURE_HEADER`].
    pub signature: &'a str,
}

impl<'a> SignedHeaders<'a> {
    /// Takes them from the headers of a request, as `http`, and so axum, hyper and reqwest, hold them.
    pub fn of(headers: &'a HeaderMap) -> Result<Self, VerifyError> {
        let header = |name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.ok_or(VerifyError::MissingHeader(name))
        };
        Ok(Self {
            id: header(ID_HEADER)?,
            timestamp: header(TIMESTAMP_HEADER)?,
            signature: header(SIGNATURE_HEADER)?,
        })
    }
}

/// Verifies deliveries.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use dovetail_client::webhook::{SignedHeaders, Verifier};
///
/// let verifier = Verifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let headers = SignedHeaders {
///     id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
///     timestamp: "1614265330",
///     signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
/// };
/// let now = UNIX_EPOCH + Duration::from_secs(1_614_265_400);
/// verifier.verify_at(headers, br#"{"test": 2432232314}"#, now)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    tolerance: Duration,
}

#[derive(Clone)]
enum Key {
    Shared(Vec<u8>),
    Public(Box<VerifyingKey>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "Shared(***)",
            Self::Public(_) => "Public",
        })
    }
}

impl Verifier {
    /// Verifies with a secret or a public key.
    pub fn new(key: &str) -> Result<Self, KeyError> {
        Ok(Self {
            keys: vec![Key::parse(key)?],
            tolerance: TOLERANCE,
        })
    }

    /// Verifies with another key too, as while keys are rotated.
    pub fn or(mut self, key: &str) -> Result<Self, KeyError> {
        self.keys.push(Key::parse(key)?);
        Ok(self)
    }

    /// How far the time of a delivery may be from now; five minutes where nothing is said.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Verifies a request by its headers and the bytes of its body, before anything is made of them.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), VerifyError> {
        self.verify_at(SignedHeaders::of(headers)?, body, SystemTime::now())
    }

    /// As [`Self::verify`], at a time of the caller's.
    pub fn verify_at(
        &self,
        headers: SignedHeaders<'_>,
        body: &[u8],
        now: SystemTime,
    ) -> Result<(), VerifyError> {
        self.check_time(headers.timestamp, now)?;
        let mut signed = format!("{}.{}.", headers.id, headers.timestamp).into_bytes();
        signed.extend_from_slice(body);
        let mut signatures = headers.signature.split_ascii_whitespace();
        if signatures.any(|signature| self.fits(signature, &signed)) {
            Ok(())
        } else {
            Err(VerifyError::NoSignatureFits)
        }
    }

    fn check_time(&self, timestamp: &str, now: SystemTime) -> Result<(), VerifyError> {
        // Digits only: "+1" and " 1" are other texts than the ones that were signed, and no sender writes them.
        let is_plain = timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: Option<u64> = timestamp.parse().ok().filter(|_| is_plain);
        let sent = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        let sent =
            sent.ok_or_else(|| VerifyError::BadTimestamp(timestamp.chars().take(32).collect()))?;
        match now.duration_since(sent) {
            Ok(age) if age > self.tolerance => Err(VerifyError::TooOld(age)),
            Err(ahead) if ahead.duration() > self.tolerance => {
                Err(VerifyError::TooNew(ahead.duration()))
            }
            _ => Ok(()),
        }
    }

    fn fits(&self, signature: &str, signed: &[u8]) -> bool {
        let Some((version, signature)) = signature.split_once(',') else {
            return false;
        };
        let Ok(signature) = BASE64_STANDARD.decode(signature) else {
            return false;
        };
        self.keys
            .iter()
            .any(|key| key.fits(version, &signature, signed))
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, KeyError> {
        let decode = |text| {
            BASE64_STANDARD
                .decode(text)
                .map_err(|_| KeyError::NotBase64)
        };
        if let Some(secret) = text.strip_prefix("whsec_") {
            let secret = decode(secret)?;
            if secret.len() < 16 {
                return Err(KeyError::TooShort(secret.len()));
            }
            return Ok(Self::Shared(secret));
        }
        let public = text.strip_prefix("whpk_").ok_or(KeyError::UnknownKind)?;
        let key = decode(public)?
            .try_into()
            .map_err(|_| KeyError::NotEd25519)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| KeyError::NotEd25519)?;
        Ok(Self::Public(Box::new(key)))
    }

    /// In constant time, as far as the key is concerned.
    fn fits(&self, version: &str, signature: &[u8], signed: &[u8]) -> bool {
        match (self, version) {
            (Self::Shared(secret), "v1") => Hmac::<Sha256>::new_from_slice(secret)
                .is_ok_and(|mac| mac.chain_update(signed).verify_slice(signature).is_ok()),
            (Self::Public(key), "v1a") => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok()),
            _ => false,
        }
    }
}
