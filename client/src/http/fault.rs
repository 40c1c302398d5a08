//! Why there is no TLS connection, told from what lies beneath an error of the HTTP library.

use std::{error::Error as StdError, fmt, io};

use rustls::{AlertDescription, CertificateError, Error as Tls};

/// Why a registry could not be spoken to over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFault {
    /// No authority that is trusted has signed the registry's certificate.
    Untrusted,
    /// The registry's certificate is for other names than the one in the URL.
    OtherName,
    /// The registry's certificate is no longer valid, or not yet.
    OutOfTime,
    /// The registry asks for a client's certificate, or refuses the one that is presented.
    ClientCertificate,
    /// What answers speaks no TLS.
    NoTls,
    /// Anything else, such as no common version or a certificate that cannot be read.
    Other,
}

impl TlsFault {
    /// Looks for TLS among an error and its causes.
    pub(crate) fn beneath(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(tls) = error.downcast_ref() {
                return Some(Self::of(tls));
            }
            // An input error names the cause of what it holds as its own, and not what it holds.
            let input = error.downcast_ref::<io::Error>();
            next = match input.and_then(io::Error::get_ref) {
                Some(held) => Some(held),
                None => error.source(),
            };
        }
        None
    }

    fn of(error: &Tls) -> Self {
        match error {
            Tls::InvalidCertificate(found) => Self::of_certificate(found),
            Tls::AlertReceived(alert) => Self::of_alert(*alert),
            Tls::InvalidMessage(_) => Self::NoTls,
            _ => Self::Other,
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        use CertificateError as E;
        match error {
            E::UnknownIssuer | E::BadSignature => Self::Untrusted,
            E::NotValidForName | E::NotValidForNameContext { .. } => Self::OtherName,
            E::Expired
            | E::ExpiredContext { .. }
            | E::NotValidYet
            | E::NotValidYetContext { .. } => Self::OutOfTime,
            _ => Self::Other,
        }
    }

    /// What the registry says of the client.
    fn of_alert(alert: AlertDescription) -> Self {
        use AlertDescription as A;
        match alert {
            A::CertificateRequired
            | A::NoCertificate
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::DecryptError => Self::ClientCertificate,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Untrusted => "its certificate is signed by no authority that is trusted here",
            Self::OtherName => "its certificate is for another host than the URL names",
            Self::OutOfTime => "its certificate is not valid at this time",
            Self::ClientCertificate => "it wants a client's certificate that it trusts",
            Self::NoTls => "what answers there speaks no TLS",
            Self::Other => "the handshake failed",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::{AlertDescription, CertificateError, Error as Tls};

    use super::TlsFault;

    #[test]
    fn a_fault_is_found_however_deep_it_lies() {
        for (error, fault) in [
            (
                Tls::AlertReceived(AlertDescription::CertificateRequired),
                TlsFault::ClientCertificate,
            ),
            (
                Tls::AlertReceived(AlertDescription::ProtocolVersion),
                TlsFault::Other,
            ),
            (
                Tls::InvalidCertificate(CertificateError::Revoked),
                TlsFault::Other,
            ),
        ] {
            let within = io::Error::other(io::Error::other(error));
            assert_eq!(TlsFault::beneath(&within), Some(fault));
        }
        let plain = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(TlsFault::beneath(&plain), None);
    }
}
