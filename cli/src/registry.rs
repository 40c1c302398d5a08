//! The registry a command speaks to: which one, who asks, and what is read of it.

use std::{
    collections::{HashMap, HashSet},
    error::Error as _,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use clap::Args;
use dovetail_client::{Auth, Client, Error, ReadSchema, ReadVersion, SchemaVersion, TlsFault};
use dovetail_codegen::manifest::Manifest;
use dovetail_compat::NamedText;
use dovetail_model::{Context, QualifiedSubject, Reference, SchemaId, Version, VersionSpec};

use crate::{
    ending::{Failure, Outcome},
    source::Loaded,
};

/// How many schemas one schema may reach by references, as in the registry itself.
const MOST_REFERENCES: usize = 1000;

/// Which registry, and who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct Connect {
    /// The registry's URL; else what the manifest says
    #[arg(
        long,
        env = "DOVETAIL_REGISTRY",
        value_name = "URL",
        hide_env_values = true
    )]
    registry: Option<String>,

    /// A file with the token to present; `DOVETAIL_TOKEN` may hold the token itself
    #[arg(long, env = "DOVETAIL_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// A file with certificates of authorities to trust, in PEM, besides those the system trusts
    #[arg(long, env = "DOVETAIL_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// A file with the certificate to present, and what it was signed with, in PEM
    #[arg(
        long,
        env = "DOVETAIL_CLIENT_CERT_FILE",
        value_name = "FILE",
        requires = "client_key_file"
    )]
    client_cert_file: Option<PathBuf>,

    /// A file with the key of that certificate, in PEM
    #[arg(
        long,
        env = "DOVETAIL_CLIENT_KEY_FILE",
        value_name = "FILE",
        requires = "client_cert_file"
    )]
    client_key_file: Option<PathBuf>,

    /// The manifest
    #[arg(long, value_name = "FILE", default_value = "dovetail.toml")]
    manifest: PathBuf,
}

/// A registry that is spoken to.
#[derive(Debug)]
pub(crate) struct Registry {
    client: Client,
    url: String,
    runtime: tokio::runtime::Runtime,
    /// Versions never change, so each is read once.
    known: Mutex<HashMap<(String, Version), Arc<SchemaVersion>>>,
}

impl Connect {
    /// The manifest, which must be there.
    pub(crate) fn manifest(&self) -> Outcome<Manifest> {
        Manifest::read(&self.manifest).map_err(Failure::usage)
    }

    /// The manifest, if there is one.
    pub(crate) fn manifest_if_any(&self) -> Outcome<Option<Manifest>> {
        self.manifest.exists().then(|| self.manifest()).transpose()
    }

    /// Where the manifest lies.
    pub(crate) fn manifest_path(&self) -> &Path {
        &self.manifest
    }

    /// The registry's URL, where one is known.
    pub(crate) fn url(&self) -> Outcome<Option<String>> {
        let said = self.registry.clone().filter(|url| !url.is_empty());
        if said.is_some() {
            return Ok(said);
        }
        Ok(self
            .manifest_if_any()?
            .and_then(|manifest| manifest.registry))
    }

    /// The registry to speak to.
    pub(crate) fn registry(&self) -> Outcome<Registry> {
        let url = self.url()?.ok_or_else(|| {
            Failure::usage("no registry is named").help(format!(
                "pass --registry URL, set DOVETAIL_REGISTRY, or write registry = \"URL\" into {}",
                self.manifest.display()
            ))
        })?;
        Registry::at(&url, self)
    }

    /// A client of the registry that an import copies from.
    pub(crate) fn source(&self, url: &str, token_file: Option<&PathBuf>) -> Outcome<Client> {
        self.client(url, token("DOVETAIL_SOURCE_TOKEN", token_file))
    }

    fn client(&self, url: &str, auth: Auth) -> Outcome<Client> {
        let mut builder = Client::builder(url).auth(auth);
        if let Some(file) = named(self.ca_file.as_ref()) {
            builder = builder.certificate_authority(pem(file)?);
        }
        if let (Some(certificate), Some(key)) = (
            named(self.client_cert_file.as_ref()),
            named(self.client_key_file.as_ref()),
        ) {
            builder = builder.client_certificate(pem(certificate)?, pem(key)?);
        }
        builder
            .build()
            .map_err(|error| Failure::usage(with_causes(&error)))
    }
}

/// A token from the environment, or from a file. It is never an argument: those are visible to everybody on the machine.
fn token(variable: &str, file: Option<&PathBuf>) -> Auth {
    let token = std::env::var(variable).unwrap_or_default();
    match named(file) {
        _ if !token.is_empty() => Auth::bearer(token),
        Some(file) => Auth::token_file(file),
        None => Auth::None,
    }
}

/// A file that an option names. An empty variable of the environment names none.
fn named(file: Option<&PathBuf>) -> Option<&PathBuf> {
    file.filter(|file| !file.as_os_str().is_empty())
}

fn pem(file: &Path) -> Outcome<String> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))
}

impl Registry {
    /// The registry at a URL.
    pub(crate) fn at(url: &str, connect: &Connect) -> Outcome<Self> {
        let client = connect.client(url, token("DOVETAIL_TOKEN", connect.token_file.as_ref()))?;
        // A thread of its own, so that connections go on while a command reads its input or works.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| Failure::undecided(format!("cannot start: {error}")))?;
        let url = client.urls().next().unwrap_or(url).to_owned();
        Ok(Self {
            client,
            url,
            runtime,
            known: Mutex::default(),
        })
    }

    /// The client, for what this has no method for.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// The URL, without user and password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for an answer.
    pub(crate) fn run<T>(&self, question: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        self.runtime.block_on(question)
    }

    /// Waits for an answer of the client.
    pub(crate) fn ask<T>(&self, question: impl Future<Output = Result<T, Error>>) -> Outcome<T> {
        self.runtime
            .block_on(question)
            .map_err(|error| failure(&error))
    }

    /// A version with everything it refers to, if it is there.
    pub(crate) async fn version(
        &self,
        subject: &str,
        version: VersionSpec,
    ) -> Outcome<Option<Loaded>> {
        match self.read(subject, version).await? {
            Some(found) => self.load(&found).await.map(Some),
            None => Ok(None),
        }
    }

    /// A version, if it is there. Soft-deleted ones are not.
    pub(crate) async fn read(
        &self,
        subject: &str,
        version: VersionSpec,
    ) -> Outcome<Option<Arc<SchemaVersion>>> {
        let how = ReadVersion::default();
        match self.client.version(subject, version, &how).await {
            // A registry may look for a name in other contexts, where a registration would not put it.
            Ok(found) if !is_in_context_of(&found, subject) => Ok(None),
            Ok(found) => Ok(Some(self.keep(subject, found))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    /// A schema by its id, with everything it refers to.
    pub(crate) async fn by_id(&self, id: SchemaId) -> Outcome<Loaded> {
        let found = self.client.schema_by_id(id, &ReadSchema::default()).await;
        let found = found.map_err(|error| failure(&error))?;
        Ok(Loaded {
            name: format!("id {id}"),
            file: None,
            subject: None,
            schema_type: found.schema_type,
            references: self
                .references(&Context::default(), &found.references)
                .await?,
            text: found.schema.into(),
        })
    }

    /// What a version refers to is read with it.
    pub(crate) async fn load(&self, found: &SchemaVersion) -> Outcome<Loaded> {
        let context = QualifiedSubject::parse(&found.subject)
            .map_err(Failure::undecided)?
            .context;
        Ok(Loaded {
            name: format!("{} version {}", found.subject, found.version),
            file: None,
            subject: Some(found.subject.clone()),
            schema_type: found.schema_type,
            text: found.schema.as_str().into(),
            references: self.references(&context, &found.references).await?,
        })
    }

    /// The texts of everything that references reach, each before the texts that use it.
    pub(crate) async fn references(
        &self,
        context: &Context,
        references: &[Reference],
    ) -> Outcome<Vec<NamedText>> {
        enum Step {
            Reach(Context, Reference),
            Done(NamedText),
        }
        let mut texts = Vec::new();
        let mut seen = HashSet::new();
        let reach = |context: &Context, references: &[Reference]| {
            let reversed = references.iter().rev();
            let steps = reversed.map(|reference| Step::Reach(context.clone(), reference.clone()));
            steps.collect::<Vec<_>>()
        };
        let mut waiting = reach(context, references);
        while let Some(step) = waiting.pop() {
            let (context, reference) = match step {
                Step::Done(text) => {
                    texts.push(text);
                    continue;
                }
                Step::Reach(context, reference) => (context, reference),
            };
            let found = self.referenced(&context, &reference).await?;
            if !seen.insert((reference.name.clone(), found.subject.clone(), found.version)) {
                continue;
            }
            if seen.len() > MOST_REFERENCES {
                return Err(Failure::undecided(format!(
                    "{} reaches more than {MOST_REFERENCES} schemas by references",
                    reference.subject
                )));
            }
            waiting.push(Step::Done(NamedText {
                name: reference.name,
                text: found.schema.as_str().into(),
            }));
            let inner = QualifiedSubject::parse(&found.subject).map_err(Failure::undecided)?;
            waiting.extend(reach(&inner.context, &found.references));
        }
        Ok(texts)
    }

    /// The version that a reference names. It may be soft-deleted: what was registered keeps its meaning.
    async fn referenced(
        &self,
        context: &Context,
        reference: &Reference,
    ) -> Outcome<Arc<SchemaVersion>> {
        let subject = QualifiedSubject::parse_within(&reference.subject, context)
            .map_err(Failure::undecided)?
            .to_string();
        let version = Version::new(reference.version.into());
        if let Some(found) = version.and_then(|version| self.kept(&subject, version)) {
            return Ok(found);
        }
        let how = ReadVersion {
            deleted: true,
            ..ReadVersion::default()
        };
        let version = version.map_or(VersionSpec::Latest, VersionSpec::Number);
        let found = self.client.version(&subject, version, &how).await;
        Ok(self.keep(&subject, found.map_err(|error| failure(&error))?))
    }

    fn kept(&self, subject: &str, version: Version) -> Option<Arc<SchemaVersion>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(subject.to_owned(), version)).cloned()
    }

    fn keep(&self, subject: &str, found: SchemaVersion) -> Arc<SchemaVersion> {
        let found = Arc::new(found);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((subject.to_owned(), found.version), Arc::clone(&found));
        found
    }
}

/// A refusal of what the user wrote, where the registry is the one that reads it.
pub(crate) fn refusal(error: &Error) -> Option<Failure> {
    matches!(error.status(), Some(400 | 422)).then(|| Failure::usage(error))
}

/// Whether what was found is in the context that was asked for. An alias may have led to another name.
fn is_in_context_of(found: &SchemaVersion, asked: &str) -> bool {
    let context = |name: &str| QualifiedSubject::parse(name).map(|subject| subject.context);
    context(&found.subject).ok() == context(asked).ok()
}

/// What a registry's refusal or silence means for a command.
pub(crate) fn failure(error: &Error) -> Failure {
    if error.is_usage() {
        return Failure::usage(error);
    }
    if error.is_incompatible() || error.is_not_permitted() {
        return Failure::refused(error);
    }
    let failure = Failure::undecided(with_causes(error));
    if let Some(fault) = error.tls_fault() {
        failure.help(help_with_tls(fault))
    } else if error.is_auth() {
        failure.help("set DOVETAIL_TOKEN or DOVETAIL_TOKEN_FILE to a token that may do this")
    } else if error.is_unreachable() {
        failure.help(
            "check the URL, which begins with https: where the registry speaks TLS, and that the registry runs: \
             `dovetail serve` starts one",
        )
    } else if error.is_bad_answer() {
        failure
            .help("check that the URL is a schema registry's and not a proxy's or a login page's")
    } else {
        failure
    }
}

const fn help_with_tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Untrusted => {
            "trust the authority that signed it: --ca-file FILE or DOVETAIL_CA_FILE, in PEM"
        }
        TlsFault::OtherName => {
            "use a host name in the URL that the certificate is for, or have it signed for this one"
        }
        TlsFault::OutOfTime => {
            "renew the registry's certificate; where it is valid, set the clock of this machine"
        }
        TlsFault::ClientCertificate => {
            "present a certificate that the registry trusts: --client-cert-file FILE and --client-key-file FILE, in PEM"
        }
        TlsFault::NoTls => {
            "check the port, or begin the URL with http: where the registry speaks no TLS"
        }
        _ => "check which versions of TLS and which certificate the registry has",
    }
}

/// An error with everything that lies beneath it.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
