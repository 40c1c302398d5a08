//! Who is asking: nobody, a user, or the holder of a token.

use std::{fmt, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use reqwest::header::HeaderMap;

use crate::error::{Error, Kind, Result, Source};

/// A text that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Gives bearer tokens that change, such as those of an identity provider. It is asked for every request, so it should
/// remember its token until that is about to expire.
#[async_trait]
pub trait TokenProvider: Send + Sync + 'static {
    /// The token to send.
    async fn token(&self) -> Result<Secret, Box<dyn std::error::Error + Send + Sync>>;

    /// The registry refused the last token with 401. The request is sent once more, with whatever [`Self::token`] then
    /// gives.
    fn refused(&self) {}
}

/// How requests say who sends them.
#[derive(Clone, Default)]
pub enum Auth {
    /// They do not.
    #[default]
    None,
    /// A user and a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token that stays the same.
    Bearer(Secret),
    /// Tokens that change.
    Provider(Arc<dyn TokenProvider>),
}

impl Auth {
    /// A user and a password.
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    /// A token that stays the same.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::Bearer(token.into())
    }

    /// Tokens that change.
    pub fn provider(provider: impl TokenProvider) -> Self {
        Self::Provider(Arc::new(provider))
    }

    /// A token in a file that something else keeps current. It is read for every request.
    pub fn token_file(path: impl Into<PathBuf>) -> Self {
        Self::provider(TokenFile(path.into()))
    }

    /// The value of the `Authorization` header.
    pub(crate) async fn header(&self) -> Result<Option<Secret>> {
        Ok(match self {
            Self::None => None,
            Self::Basic { user, password } => {
                let pair = format!("{user}:{}", password.reveal());
                Some(format!("Basic {}", STANDARD.encode(pair)).into())
            }
            Self::Bearer(token) => Some(bearer(token)),
            Self::Provider(provider) => {
                let token = provider.token().await;
                let token = token.map_err(|source| Error::because(Kind::Token, source))?;
                Some(bearer(&token))
            }
        })
    }
}

fn bearer(token: &Secret) -> Secret {
    format!("Bearer {}", token.reveal()).into()
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Basic { user, .. } => write!(f, "Basic({user}, ***)"),
            Self::Bearer(_) => f.write_str("Bearer(***)"),
            Self::Provider(_) => f.write_str("Provider(***)"),
        }
    }
}

/// Changes the headers of every request, for gateways that want one of their own.
pub(crate) type HeaderHook = Arc<dyn Fn(&mut HeaderMap) + Send + Sync>;

struct TokenFile(PathBuf);

#[async_trait]
impl TokenProvider for TokenFile {
    async fn token(&self) -> Result<Secret, Source> {
        let path = self.0.clone();
        let read = tokio::task::spawn_blocking(move || {
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        });
        let text = read.await??;
        Ok(text.trim().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        for auth in [Auth::basic("ann", "hunter2"), Auth::bearer("hunter2")] {
            assert!(!format!("{auth:?}").contains("hunter2"));
        }
        assert!(!format!("{:?}", Secret::from("hunter2")).contains("hunter2"));
    }
}
