//! Whom to trust, and who we are: rustls, with the roots of the system and those the caller adds.

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::{
    auth::Secret,
    error::{Error, Kind, Result},
};

/// What the builder was told about certificates, as PEM.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tls {
    pub(crate) authorities: Vec<Vec<u8>>,
    pub(crate) identity: Option<(Vec<u8>, Secret)>,
    pub(crate) only_these: bool,
}

impl Tls {
    /// The configuration. The roots of the system are read only where some base URL needs them.
    pub(crate) fn config(&self, is_needed: bool) -> Result<ClientConfig> {
        let roots = if is_needed {
            self.roots()?
        } else {
            RootCertStore::empty()
        };
        let provider = ring::default_provider().into();
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS cannot be set up", error))?
            .with_root_certificates(roots);
        let Some((certificates, key)) = &self.identity else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = certificates_in(certificates)?;
        let key = PrivateKeyDer::from_pem_slice(key.reveal().as_bytes())
            .map_err(|error| wrong("the client's key is not a private key in PEM", error))?;
        builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| wrong("the client's certificate and key do not fit", error))
    }

    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        if !self.only_these {
            // What the system holds may be partly unreadable; what can be read counts.
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
        for authority in &self.authorities {
            for certificate in certificates_in(authority)? {
                roots
                    .add(certificate)
                    .map_err(|error| wrong("a certificate authority cannot be used", error))?;
            }
        }
        Ok(roots)
    }
}

fn certificates_in(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(Error::usage("there is no certificate in the PEM text"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(wrong("a certificate is not PEM", error)),
    }
}

fn wrong(what: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::because(Kind::Usage(what.into()), error)
}
