//! Signing, as Standard Webhooks 1.0 has it.
//!
//! What is signed is `id.timestamp.body`. A request carries one signature for each active secret, so that a receiver which
//! knows either of them is content while a secret is replaced: `v1` is HMAC with SHA-256, `v1a` is Ed25519.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};

/// How shared secrets are written.
const SHARED_PREFIX: &str = "whsec_";

/// How the private and the public half of an Ed25519 key are written.
const PRIVATE_PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";

/// How many bytes a shared secret may have.
const SHARED_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The bytes of an Ed25519 seed, and of either half.
const SEED_BYTES: usize = 32;

/// A secret that signs. It has no `Debug`, so that it cannot get into a log by accident.
pub enum SigningSecret {
    /// Known to both sides.
    Shared(Vec<u8>),
    /// The private half is ours alone.
    Ed25519(Box<Ed25519KeyPair>, [u8; SEED_BYTES]),
}

/// Why a text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// It has no known beginning.
    #[error("a secret begins with whsec_ (shared) or whsk_ (Ed25519)")]
    Prefix,
    /// What follows is not base64.
    #[error("a secret is base64 after its prefix")]
    Encoding,
    /// It has too few or too many bytes.
    #[error("a shared secret has 24 to 64 bytes, an Ed25519 secret 32, or 64 with its public half")]
    Length,
}

impl SigningSecret {
    /// A shared secret of these random bytes.
    pub fn shared(random: [u8; 32]) -> Self {
        Self::Shared(random.to_vec())
    }

    /// An Ed25519 key of these random bytes.
    pub fn ed25519(seed: [u8; SEED_BYTES]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .expect("any 32 bytes are a seed of an Ed25519 key");
        Self::Ed25519(Box::new(pair), seed)
    }

    /// Reads a secret as it is written.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let decode = |encoded: &str| BASE64.decode(encoded).map_err(|_| InvalidSecret::Encoding);
        if let Some(encoded) = text.strip_prefix(SHARED_PREFIX) {
            let bytes = decode(encoded)?;
            return if SHARED_BYTES.contains(&bytes.len()) {
                Ok(Self::Shared(bytes))
            } else {
                Err(InvalidSecret::Length)
            };
        }
        let encoded = text
            .strip_prefix(PRIVATE_PREFIX)
            .ok_or(InvalidSecret::Prefix)?;
        let bytes = decode(encoded)?;
        let (seed, public) = bytes
            .split_first_chunk::<SEED_BYTES>()
            .ok_or(InvalidSecret::Length)?;
        let secret = Self::ed25519(*seed);
        let is_whole = public.is_empty()
            || matches!(&secret, Self::Ed25519(pair, _) if pair.public_key().as_ref() == public);
        is_whole.then_some(secret).ok_or(InvalidSecret::Length)
    }

    /// The secret as it is written: what its owner sees once.
    pub fn reveal(&self) -> String {
        match self {
            Self::Shared(bytes) => format!("{SHARED_PREFIX}{}", BASE64.encode(bytes)),
            Self::Ed25519(pair, seed) => {
                let both = [seed, pair.public_key().as_ref()].concat();
                format!("{PRIVATE_PREFIX}{}", BASE64.encode(both))
            }
        }
    }

    /// The public half of an Ed25519 key, which everybody may know.
    pub fn public(&self) -> Option<String> {
        match self {
            Self::Shared(_) => None,
            Self::Ed25519(pair, _) => Some(format!(
                "{PUBLIC_PREFIX}{}",
                BASE64.encode(pair.public_key().as_ref())
            )),
        }
    }

    /// One signature, with its version.
    fn sign(&self, message: &[u8]) -> String {
        match self {
            Self::Shared(bytes) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, bytes);
                format!("v1,{}", BASE64.encode(hmac::sign(&key, message)))
            }
            Self::Ed25519(pair, _) => format!("v1a,{}", BASE64.encode(pair.sign(message))),
        }
    }
}

/// The value of `webhook-signature`: a signature for each secret.
pub fn signatures(secrets: &[SigningSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut message = format!("{id}.{timestamp}.").into_bytes();
    message.extend_from_slice(body);
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(&message)).collect();
    signatures.join(" ")
}
