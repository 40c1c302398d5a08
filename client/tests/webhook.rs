//! Deliveries are believed only where their signature is right and their time is near.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_STANDARD};
use dovetail_client::webhook::{KeyError, SignedHeaders, Verifier, VerifyError};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use sha2::Sha256;

const SECRET: &[u8] = b"a secret of more than sixteen bytes";
const BODY: &[u8] = br#"{"type":"schema.version.registered"}"#;
const SENT: &str = "1700000000";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn text(secret: &[u8]) -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(secret))
}

fn signed(timestamp: &str) -> Vec<u8> {
    [format!("evt_1.{timestamp}.").as_bytes(), BODY].concat()
}

fn v1(secret: &[u8], timestamp: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do");
    let mac = mac.chain_update(signed(timestamp)).finalize();
    format!("v1,{}", BASE64_STANDARD.encode(mac.into_bytes()))
}

fn verify(verifier: &Verifier, timestamp: &str, signature: &str) -> Result<(), VerifyError> {
    let headers = SignedHeaders {
        id: "evt_1",
        timestamp,
        signature,
    };
    verifier.verify_at(headers, BODY, now())
}

#[test]
fn one_signature_that_fits_is_enough() {
    let verifier = Verifier::new(&text(SECRET)).unwrap();
    let right = v1(SECRET, SENT);
    let wrong = v1(b"another secret of some length", SENT);
    let none = Err(VerifyError::NoSignatureFits);
    assert_eq!(verify(&verifier, SENT, &right), Ok(()));
    assert_eq!(
        verify(&verifier, SENT, &format!("{wrong} v9,xx {right}")),
        Ok(())
    );
    for signature in [
        "",
        "v1",
        "v1,",
        "v1,%%%",
        &wrong,
        &right.replace("v1,", "v1a,"),
        &right[..20],
    ] {
        assert_eq!(verify(&verifier, SENT, signature), none, "{signature}");
    }
    let rotated = Verifier::new(&text(b"another secret of some length")).unwrap();
    let rotated = rotated.or(&text(SECRET)).unwrap();
    assert_eq!(verify(&rotated, SENT, &right), Ok(()));
    let headers = SignedHeaders {
        id: "evt_2",
        timestamp: SENT,
        signature: &right,
    };
    assert_eq!(
        verifier.verify_at(headers, BODY, now()),
        none,
        "the id is signed"
    );
    let headers = SignedHeaders {
        id: "evt_1",
        ..headers
    };
    assert_eq!(
        verifier.verify_at(headers, b"{}", now()),
        none,
        "the body is signed"
    );
}

#[test]
fn public_keys_verify_what_their_owner_signed() {
    let owner = SigningKey::from_bytes(&[7; 32]);
    let public = owner.verifying_key();
    let public = format!("whpk_{}", BASE64_STANDARD.encode(public.as_bytes()));
    let verifier = Verifier::new(&public).unwrap();
    let signature = owner.sign(&signed(SENT)).to_bytes();
    let signature = format!("v1a,{}", BASE64_STANDARD.encode(signature));
    assert_eq!(verify(&verifier, SENT, &signature), Ok(()));
    let none = Err(VerifyError::NoSignatureFits);
    assert_eq!(
        verify(&verifier, SENT, &signature.replace("v1a", "v1")),
        none
    );
    assert_eq!(verify(&verifier, SENT, &v1(SECRET, SENT)), none);
}

#[test]
fn the_time_of_a_delivery_must_be_near() {
    let verifier = Verifier::new(&text(SECRET)).unwrap();
    for (timestamp, expected) in [
        ("1699999700", Ok(())),
        ("1700000300", Ok(())),
        (
            "1699999699",
            Err(VerifyError::TooOld(Duration::from_secs(301))),
        ),
        (
            "1700000301",
            Err(VerifyError::TooNew(Duration::from_secs(301))),
        ),
        (
            "+1700000000",
            Err(VerifyError::BadTimestamp("+1700000000".into())),
        ),
        ("soon", Err(VerifyError::BadTimestamp("soon".into()))),
        ("", Err(VerifyError::BadTimestamp(String::new()))),
        (
            "18446744073709551615",
            Err(VerifyError::BadTimestamp("18446744073709551615".into())),
        ),
    ] {
        assert_eq!(
            verify(&verifier, timestamp, &v1(SECRET, timestamp)),
            expected
        );
    }
    let patient = verifier.tolerance(Duration::from_hours(1));
    assert_eq!(
        verify(&patient, "1699999000", &v1(SECRET, "1699999000")),
        Ok(())
    );
}

#[test]
fn headers_that_are_missing_are_named() {
    let verifier = Verifier::new(&text(SECRET)).unwrap();
    let mut headers = HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let missing = verifier.verify(&headers, BODY);
        assert_eq!(missing, Err(VerifyError::MissingHeader(name)));
        headers.insert(name, "1".parse().unwrap());
    }
    assert!(matches!(
        verifier.verify(&headers, BODY),
        Err(VerifyError::TooOld(_))
    ));
}

#[test]
fn keys_that_are_none_are_refused() {
    for (key, error) in [
        ("hunter2", KeyError::UnknownKind),
        ("whsec_%", KeyError::NotBase64),
        ("whsec_AAAA", KeyError::TooShort(3)),
        ("whpk_AAAA", KeyError::NotEd25519),
    ] {
        assert_eq!(Verifier::new(key).err(), Some(error), "{key}");
    }
    let verifier = Verifier::new(&text(SECRET)).unwrap();
    assert!(format!("{verifier:?}").contains("***"));
}
