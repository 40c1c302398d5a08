//! Signatures, and secrets at rest.

use std::os::unix::fs::PermissionsExt;

use dovetail_server::webhooks::{
    header,
    sign::{InvalidSecret, SigningSecret, signatures},
    vault::{Vault, VaultError},
};
use dovetail_tests::{Database, Node};
use serde_json::json;

const ONE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER: &str = "//////////////////////////////////////////8=";

#[test]
fn the_published_vector_is_signed_as_published() {
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature = signatures(
        &[secret],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b"{\"test\": 2432232314}",
    );
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn secrets_are_read_as_they_are_written() {
    for secret in [
        SigningSecret::shared([1; 32]),
        SigningSecret::ed25519([2; 32]),
    ] {
        let written = secret.reveal();
        let read = SigningSecret::parse(&written).unwrap();
        assert_eq!(read.reveal(), written);
        assert_eq!(read.public(), secret.public());
        let sign = |secret| signatures(&[secret], "a", 1, b"b");
        assert_eq!(sign(read), sign(secret));
    }
    for (wrong, error) in [
        ("", InvalidSecret::Prefix),
        ("AAAA", InvalidSecret::Prefix),
        ("whsec_", InvalidSecret::Length),
        ("whsec_AAAA", InvalidSecret::Length),
        ("whsec_not base64", InvalidSecret::Encoding),
        ("whsk_AAAA", InvalidSecret::Length),
        (
            "whpk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            InvalidSecret::Prefix,
        ),
    ] {
        assert_eq!(SigningSecret::parse(wrong).err(), Some(error), "{wrong}");
    }
}

#[test]
fn what_is_sealed_opens_for_its_purpose_alone() {
    let vault = Vault::of_keys(ONE).unwrap();
    let sealed = vault.seal("wh_1 secret", "whsec_x", [5; 24]);
    assert!(!sealed.text.contains("whsec"));
    assert_eq!(vault.open("wh_1 secret", &sealed).as_deref(), Ok("whsec_x"));
    assert!(vault.open("wh_2 secret", &sealed).is_err());
    let mut damaged = sealed.clone();
    damaged.text.replace_range(
        40..41,
        if &sealed.text[40..41] == "A" {
            "B"
        } else {
            "A"
        },
    );
    assert!(vault.open("wh_1 secret", &damaged).is_err());
    let mut short = sealed.clone();
    short.text.truncate(8);
    assert!(vault.open("wh_1 secret", &short).is_err());
    // Another key reads it where it is listed, wherever in the list.
    let other = Vault::of_keys(OTHER).unwrap();
    assert!(other.open("wh_1 secret", &sealed).is_err());
    let both = Vault::of_keys(&format!("{OTHER}, {ONE}")).unwrap();
    assert_eq!(both.open("wh_1 secret", &sealed).as_deref(), Ok("whsec_x"));
    assert_eq!(both.seal("p", "t", [5; 24]).key_id, other.writing_key());
    assert!(!format!("{both:?}").contains("AAEC"));
}

#[test]
fn wrong_keys_are_counted_not_quoted() {
    let error = Vault::of_keys(&format!("{ONE},secretsecret")).unwrap_err();
    assert!(matches!(error, VaultError::InvalidKey(2)));
    assert!(!error.to_string().contains("secretsecret"));
    assert!(matches!(Vault::of_keys(" \n"), Err(VaultError::NoKey)));
}

#[test]
fn a_key_file_is_made_once_and_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db.webhook-key");
    let made = Vault::of_file(&file, [1; 32]).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = Vault::of_file(&file, [2; 32]).unwrap();
    assert_eq!(again.writing_key(), made.writing_key());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = Vault::of_file(&file, [2; 32]);
    assert!(matches!(exposed, Err(VaultError::Exposed(_))));
    let missing = Vault::of_existing_file(&folder.path().join("nothing"));
    assert!(matches!(missing, Err(VaultError::File { .. })));
}

#[test]
fn headers_that_others_have_a_say_in_are_refused() {
    for name in [
        "Host",
        "Content-Length",
        "content-type",
        "Transfer-Encoding",
        "Connection",
        "Cookie",
        "webhook-id",
        "Webhook-Signature",
        "ce-id",
        "TE",
        "Upgrade",
        "User-Agent",
        "",
        "with space",
        "line\r\nbreak",
        "ümlaut",
        "Expect",
        "Proxy-Authorization",
    ] {
        assert!(header::check(name, "x").is_err(), "{name}");
    }
    for value in ["a\r\nb: c", "\u{0}", "ü", " x", "x ", &"x".repeat(4097)] {
        assert!(header::check("x-a", value).is_err(), "{value:?}");
    }
    assert_eq!(header::check("X-Tenant", "a b").as_deref(), Ok("x-tenant"));
    assert_eq!(
        header::check("Authorization", "Bearer x").as_deref(),
        Ok("authorization")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_file_a_key_is_made_and_used_again() {
    let database = Database::sqlite();
    let node = Node::start(&database).await;
    let body = json!({ "url": "https://hooks.example.com/", "enabled": false });
    let made = node.post("/api/v1/webhooks", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let key = database.file().unwrap().with_added_extension("webhook-key");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (_, log) = node.stop().await;
    let file = std::fs::read(database.file().unwrap()).unwrap();
    let contains = |haystack: &[u8], needle: &str| {
        haystack
            .windows(needle.len())
            .any(|part| part == needle.as_bytes())
    };
    assert!(
        !contains(&file, &secret),
        "the database does not hold the secret"
    );
    assert!(!log.join("\n").contains(&secret), "nor does the log");
    let node = Node::start(&database).await;
    let listed = node.get("/api/v1/webhooks").await.ok();
    assert_eq!(listed["webhooks"].as_array().unwrap().len(), 1);
    assert!(!listed.to_string().contains(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_database_without_a_key_has_no_webhooks_and_everything_else() {
    let database = Database::postgres().await;
    let mut command = Node::command(&database);
    command.env_remove("DOVETAIL_WEBHOOK_MASTER_KEYS");
    let node = Node::spawn(command).await;
    node.until_ready().await;
    let answer = node.get("/api/v1/webhooks").await;
    assert_eq!(answer.refusal(), (503, 50330));
    assert!(
        answer.text.contains("DOVETAIL_WEBHOOK_MASTER_KEYS"),
        "{}",
        answer.text
    );
    assert_eq!(node.register("a", "\"int\"").await.id(), 1);
    let feed = node.get("/api/v1/events").await.ok();
    assert_eq!(feed["next"], 1);
    assert_eq!(node.get("/api/v1/webhooks/event-types").await.status, 200);
}
