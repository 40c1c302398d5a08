//! `dovetail webhook`: who is told of changes, and what became of it.

mod secret;
mod text;

use clap::{Args, Subcommand};
use dovetail_client::{Client, Error, ListDeliveries};
use dovetail_model::bodies::{
    DisableRequest, EnableRequest, ReplayRequest, ResumeRequest, RotateRequest, WebhookBody,
    WebhookRequest,
};
use serde::Serialize;

use self::secret::SecretFile;
use crate::{
    diff::Form,
    ending::{Ending, Outcome},
    output,
    registry::{Connect, failure, refusal},
};

/// Manages webhooks: URLs that the registry calls when something changes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail webhook add https://example.com/hooks --events schema.version.registered --subjects 'orders-*'
      Prints the secret, which is shown only this once
  dovetail webhook test ID
      Sends a test event; exit code 100 where it does not arrive
  dovetail webhook deliveries ID --status dead
  dovetail webhook attempts ID EVENT
      What happened to one event, attempt by attempt
  dovetail webhook resume ID orders-value --skip
      Where a subject waits after an event that was given up
  dovetail webhook replay ID --since 2026-11-24T00:00:00Z --only-failed --dry-run
  dovetail webhook rotate ID --revoke-previous
      A new secret at once, where the old one got lost")]
pub(crate) struct Webhook {
    #[command(subcommand)]
    action: Action,

    /// How the result is printed
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        global = true
    )]
    format: Form,

    #[command(flatten)]
    connect: Connect,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes a webhook, and prints its secret this once
    Add(Add),
    /// Lists webhooks
    List,
    /// Shows a webhook and how it is doing
    Show(Named),
    /// Tells a disabled webhook of changes again, from now on
    Enable(Enable),
    /// Tells a webhook nothing more, until it is enabled
    Disable(Disable),
    /// Sends a test event, and says what came of it
    Test(Named),
    /// Lists what is and was owed to a webhook, newest first
    Deliveries(Deliveries),
    /// Lists the attempts to deliver one event
    Attempts(OneEvent),
    /// Sends one event once more
    Redeliver(OneEvent),
    /// Lists the subjects that wait after an event that was given up
    Blocked(Named),
    /// Lets a subject that waits go on, with that event or past it
    Resume(Resume),
    /// Sends past events once more
    Replay(Replay),
    /// Replaces the secret, and prints the new one this once
    Rotate(Rotate),
    /// Removes a webhook; what it was still owed is dropped
    Remove(Named),
}

#[derive(Debug, Args)]
struct Named {
    /// The webhook's id
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Debug, Args)]
struct Add {
    /// Where events are sent
    #[arg(value_name = "URL")]
    url: String,

    /// Only these types of events
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    events: Vec<String>,

    /// Only these subjects; a * at the end stands for any rest
    #[arg(long, value_name = "SUBJECT", value_delimiter = ',')]
    subjects: Vec<String>,

    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Send the text of schemas, too
    #[arg(long)]
    include_schema: bool,

    /// How events are signed: hmac or ed25519
    #[arg(long, value_name = "KIND")]
    signing: Option<String>,

    #[command(flatten)]
    secret: SecretFile,
}

#[derive(Debug, Args)]
struct Enable {
    #[command(flatten)]
    webhook: Named,

    /// Also send what happened while it was disabled
    #[arg(long)]
    replay: bool,
}

#[derive(Debug, Args)]
struct Disable {
    #[command(flatten)]
    webhook: Named,

    /// Why, for those who look later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
struct Resume {
    #[command(flatten)]
    webhook: Named,

    /// The subject
    #[arg(value_name = "SUBJECT")]
    subject: String,

    /// Go on past the event that was given up; the receiver is told so
    #[arg(long)]
    skip: bool,
}

#[derive(Debug, Args)]
struct Deliveries {
    #[command(flatten)]
    webhook: Named,

    /// Only those that are pending, delivered, dead or cancelled
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    /// Only those of a subject
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,

    /// Only those made since a moment, such as 2026-11-24T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
}

#[derive(Debug, Args)]
struct OneEvent {
    #[command(flatten)]
    webhook: Named,

    /// The event's id
    #[arg(value_name = "EVENT")]
    event: String,
}

#[derive(Debug, Args)]
struct Replay {
    #[command(flatten)]
    webhook: Named,

    /// The first moment, such as 2026-11-24T00:00:00Z; up to 30 days ago
    #[arg(long, value_name = "TIME")]
    since: String,

    /// The moment after the last; now without it
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// Only these subjects
    #[arg(long, value_name = "SUBJECT", value_delimiter = ',')]
    subjects: Vec<String>,

    /// Only what was given up
    #[arg(long)]
    only_failed: bool,

    /// Only count
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct Rotate {
    #[command(flatten)]
    webhook: Named,

    /// How long the previous secret signs beside the new one; a day without it
    #[arg(long, value_name = "N", conflicts_with = "revoke_previous")]
    overlap_seconds: Option<u64>,

    /// End the previous secret at once
    #[arg(long)]
    revoke_previous: bool,

    #[command(flatten)]
    secret: SecretFile,
}

impl Webhook {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        registry.run(self.action.run(registry.client(), self.format))
    }
}

impl Action {
    async fn run(self, client: &Client, form: Form) -> Outcome {
        match self {
            Self::Add(add) => {
                let given = add.secret.read()?;
                let made = asked(client.create_webhook(&add.request(given.clone())).await)?;
                show(form, &without(made, given.as_deref()), text::webhook)
            }
            Self::List => show(form, &all(client).await?, |all| text::webhooks(all)),
            Self::Show(webhook) => {
                let found = asked(client.webhook(&webhook.id).await)?;
                show(form, &found, text::webhook)
            }
            Self::Enable(enable) => {
                let how = EnableRequest {
                    replay: enable.replay,
                };
                let enabled = asked(client.enable_webhook(&enable.webhook.id, &how).await)?;
                show(form, &enabled, text::webhook)
            }
            Self::Disable(disable) => {
                let why = DisableRequest {
                    reason: disable.reason,
                };
                let disabled = asked(client.disable_webhook(&disable.webhook.id, &why).await)?;
                show(form, &disabled, text::webhook)
            }
            Self::Test(webhook) => {
                let attempt = asked(client.test_webhook(&webhook.id).await)?;
                show(form, &attempt, text::attempt)?;
                Ok(if attempt.delivered {
                    Ending::Fine
                } else {
                    Ending::Findings
                })
            }
            Self::Deliveries(list) => {
                let (id, list) = list.request();
                let page = asked(client.deliveries(&id, &list).await)?;
                show(form, &page.deliveries, |all| text::deliveries(all))
            }
            Self::Attempts(one) => {
                let attempts = asked(client.attempts(&one.webhook.id, &one.event).await)?;
                show(form, &attempts, |all| text::attempts(all))
            }
            Self::Blocked(webhook) => {
                let blocked = asked(client.blocked_subjects(&webhook.id).await)?;
                show(form, &blocked, |all| text::lines(all))
            }
            Self::Resume(resume) => resume.run(client, form).await,
            Self::Redeliver(one) => {
                let owed = asked(client.redeliver(&one.webhook.id, &one.event).await)?;
                show(form, &owed, text::delivery)
            }
            Self::Replay(replay) => replay.run(client, form).await,
            Self::Rotate(rotate) => rotate.run(client, form).await,
            Self::Remove(webhook) => {
                asked(client.delete_webhook(&webhook.id).await)?;
                let removed = serde_json::json!({ "removed": webhook.id });
                show(form, &removed, |_| format!("removed: {}\n", webhook.id))
            }
        }
    }
}

impl Add {
    fn request(self, secret: Option<String>) -> WebhookRequest {
        WebhookRequest {
            url: self.url,
            events: some(self.events),
            subjects: some(self.subjects),
            description: self.description,
            include_schema: self.include_schema.then_some(true),
            signing: self.signing,
            secret,
            ..WebhookRequest::default()
        }
    }
}

impl Deliveries {
    fn request(self) -> (String, ListDeliveries) {
        let list = ListDeliveries {
            status: self.status,
            subject: self.subject,
            since: self.since,
            cursor: None,
            limit: Some(self.limit),
        };
        (self.webhook.id, list)
    }
}

impl Resume {
    async fn run(self, client: &Client, form: Form) -> Outcome {
        let how = ResumeRequest {
            subject: self.subject,
            skip: self.skip,
        };
        asked(client.resume_subject(&self.webhook.id, &how).await)?;
        let resumed = serde_json::json!({ "resumed": how.subject });
        show(form, &resumed, |_| format!("resumed: {}\n", how.subject))
    }
}

impl Rotate {
    async fn run(self, client: &Client, form: Form) -> Outcome {
        let given = self.secret.read()?;
        let how = RotateRequest {
            overlap_seconds: self.overlap_seconds,
            revoke_previous: self.revoke_previous,
            secret: given.clone(),
            ..RotateRequest::default()
        };
        let rotated = client.rotate_webhook_secret(&self.webhook.id, &how);
        let rotated = without(asked(rotated.await)?, given.as_deref());
        show(form, &rotated, text::webhook)
    }
}

impl Replay {
    async fn run(self, client: &Client, form: Form) -> Outcome {
        let which = ReplayRequest {
            since: self.since,
            until: self.until,
            subjects: some(self.subjects),
            only: self.only_failed.then(|| "failed".to_owned()),
            dry_run: self.dry_run,
        };
        let id = &self.webhook.id;
        if self.dry_run {
            let count = asked(client.count_replay(id, &which).await)?;
            return show(form, &count, |count| {
                format!("would send: {} events\n", count.events)
            });
        }
        let replay = asked(client.replay(id, &which).await)?;
        show(form, &replay, |replay| {
            format!("replay {}  {}\n", replay.id, replay.state)
        })
    }
}

/// Every webhook, page by page.
async fn all(client: &Client) -> Outcome<Vec<WebhookBody>> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = asked(client.webhooks(cursor.as_deref()).await)?;
        all.extend(page.webhooks);
        if page.next.is_none() {
            return Ok(all);
        }
        cursor = page.next;
    }
}

/// A webhook without a secret that was given: whoever gave it has it, and it need not stand in a log.
fn without(webhook: WebhookBody, given: Option<&str>) -> WebhookBody {
    WebhookBody {
        secret: webhook.secret.filter(|_| given.is_none()),
        ..webhook
    }
}

/// What is not said stays the registry's to decide.
fn some(values: Vec<String>) -> Option<Vec<String>> {
    (!values.is_empty()).then_some(values)
}

fn asked<T>(answer: Result<T, Error>) -> Outcome<T> {
    answer.map_err(|error| refusal(&error).unwrap_or_else(|| failure(&error)))
}

fn show<T: Serialize>(form: Form, value: &T, text: impl FnOnce(&T) -> String) -> Outcome {
    output::print(&match form {
        Form::Json => output::pretty(value),
        Form::Text => text(value),
    })?;
    Ok(Ending::Fine)
}
