//! Secrets at rest: whoever has the database and not the master key can sign nothing.
//!
//! XChaCha20-Poly1305 with a random nonce. What a secret belongs to is authenticated with it, so a sealed text cannot be moved
//! to another subscription. Several master keys can be read, the first of them writes; each sealed text names its key.

use std::{fmt, io::Write, path::Path};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD as BASE64, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use ring::digest;

/// The length of a nonce.
const NONCE_BYTES: usize = 24;

/// The master keys. The first one seals, all of them open.
pub struct Vault {
    keys: Vec<MasterKey>,
}

struct MasterKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// A sealed text and the name of the key that opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The master key's name.
    pub key_id: String,
    /// Nonce and ciphertext, in base64.
    pub text: String,
}

/// Why there is no vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Nothing was given.
    #[error("there is no master key")]
    NoKey,
    /// A key that is none. The text does not quote it.
    #[error("master key {0} is not 32 bytes in base64; `openssl rand -base64 32` makes one")]
    InvalidKey(usize),
    /// The file is there and cannot be used, or cannot be made.
    #[error("the key file {path} cannot be {what}: {error}")]
    File {
        path: String,
        what: &'static str,
        error: std::io::Error,
    },
    /// Others can read the file.
    #[error("the key file {0} can be read by others than its owner; run chmod 600 on it")]
    Exposed(String),
}

/// A sealed text that cannot be opened: its key is not here, or it is not what was sealed, or not for this purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sealed with the master key {0}, which is not configured here, or damaged")]
pub struct CannotOpen(String);

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.keys.iter().map(|key| key.id.as_str()).collect();
        f.debug_struct("Vault").field("keys", &ids).finish()
    }
}

impl Vault {
    /// Takes keys as they are written, with commas or white space between them.
    pub fn of_keys(text: &str) -> Result<Self, VaultError> {
        let texts = text
            .split([',', ' ', '\t', '\r', '\n'])
            .filter(|text| !text.is_empty());
        let keys = (1..)
            .zip(texts)
            .map(|(number, text)| MasterKey::parse(text).ok_or(VaultError::InvalidKey(number)));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(VaultError::NoKey);
        }
        Ok(Self { keys })
    }

    /// Takes the keys of a file, a line each. Only its owner may be able to read it.
    pub fn of_existing_file(path: &Path) -> Result<Self, VaultError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| file_error(path, "read", error))?;
        check_permissions(path)?;
        Self::of_keys(&text)
    }

    /// As [`Vault::of_existing_file`]; where there is no file, one is made with a key of these random bytes.
    pub fn of_file(path: &Path, random: [u8; 32]) -> Result<Self, VaultError> {
        match std::fs::exists(path) {
            Ok(true) => Self::of_existing_file(path),
            Ok(false) => {
                let text = BASE64.encode(random);
                write_new(path, &text).map_err(|error| file_error(path, "made", error))?;
                Self::of_keys(&text)
            }
            Err(error) => Err(file_error(path, "read", error)),
        }
    }

    /// Seals a text for one purpose.
    pub fn seal(&self, purpose: &str, text: &str, nonce: [u8; NONCE_BYTES]) -> Sealed {
        let key = &self.keys[0];
        let payload = Payload {
            msg: text.as_bytes(),
            aad: purpose.as_bytes(),
        };
        let ciphertext = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("only texts of many gigabytes cannot be sealed");
        Sealed {
            key_id: key.id.clone(),
            text: BASE64.encode([&nonce[..], &ciphertext].concat()),
        }
    }

    /// Opens what was sealed for this purpose.
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<String, CannotOpen> {
        let cannot = || CannotOpen(sealed.key_id.clone());
        let key = self
            .keys
            .iter()
            .find(|key| key.id == sealed.key_id)
            .ok_or_else(cannot)?;
        let bytes = BASE64.decode(&sealed.text).map_err(|_| cannot())?;
        let (nonce, ciphertext) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(cannot)?;
        let payload = Payload {
            msg: ciphertext,
            aad: purpose.as_bytes(),
        };
        let text = key.cipher.decrypt(&XNonce::from(*nonce), payload);
        String::from_utf8(text.map_err(|_| cannot())?).map_err(|_| cannot())
    }

    /// The name of the key that seals.
    pub fn writing_key(&self) -> &str {
        &self.keys[0].id
    }
}

impl MasterKey {
    fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64
            .decode(text)
            .or_else(|_| STANDARD_NO_PAD.decode(text))
            .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
            .ok()?;
        let bytes: [u8; 32] = bytes.try_into().ok()?;
        let digest = digest::digest(&digest::SHA256, &bytes);
        Some(Self {
            id: URL_SAFE_NO_PAD.encode(&digest.as_ref()[..6]),
            cipher: XChaCha20Poly1305::new(&Key::from(bytes)),
        })
    }
}

fn file_error(path: &Path, what: &'static str, error: std::io::Error) -> VaultError {
    VaultError::File {
        path: path.display().to_string(),
        what,
        error,
    }
}

#[cfg(unix)]
fn check_permissions(path: &Path) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt;
    let exposed =
        std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
    if exposed {
        return Err(VaultError::Exposed(path.display().to_string()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_permissions(_: &Path) -> Result<(), VaultError> {
    Ok(())
}

/// Writes a file that was not there, whole or not at all, readable for its owner alone, and makes sure that it is on disk:
/// secrets sealed with a key that is lost are lost.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_added_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
