//! A client that says little: a request in one line, the answer as it came.

use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::contract::Contract;

/// Speaks to one node.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
}

/// What a node answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    /// A client for `http://host:port`.
    pub fn new(base: &str) -> Self {
        // Once for the process; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("TLS is there, though nothing uses it");
        Self {
            base: base.to_owned(),
            http,
        }
    }

    /// The node's `http://host:port`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The node's `host:port`, for raw sockets.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Sends a request; `Err` where no answer came. A body is sent in the protocol's media type.
    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        let headers: &[_] = match body {
            Some(_) => &[("content-type", "application/vnd.schemaregistry.v1+json")],
            None => &[],
        };
        self.try_exchange(method, path, headers, body.map(String::into_bytes))
            .await
    }

    /// Sends exactly these headers and bytes. Whatever is answered must keep the contract.
    pub async fn try_exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, reqwest::Error> {
        let name = method;
        let method = Method::from_bytes(method.as_bytes()).expect("tests name real methods");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let request = request.build()?;
        let target = match request.url().query() {
            Some(query) => format!("{}?{query}", request.url().path()),
            None => request.url().path().to_owned(),
        };
        let response = self.http.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer {
            status,
            headers,
            text: response.text().await?,
        };
        if let Err(reason) = Contract::committed().check(name, &target, &answer) {
            panic!(
                "{name} {target} broke the contract: {reason}\n{status} {}",
                answer.text
            );
        }
        Ok(answer)
    }

    /// As [`Client::try_exchange`], where an answer must come.
    pub async fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let body = body.map(<[u8]>::to_vec);
        let sent = self.try_exchange(method, path, headers, body).await;
        sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Sends a request.
    pub async fn send(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let sent = self.try_send(method, path, body).await;
        sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body.to_string())).await
    }

    /// Registers an Avro schema. The subject is put into the path as it is.
    pub async fn register(&self, subject: &str, schema: &str) -> Answer {
        self.post(
            &format!("/subjects/{subject}/versions"),
            &json!({ "schema": schema }),
        )
        .await
    }

    /// Registers a schema of any format.
    pub async fn register_as(&self, schema_type: &str, subject: &str, schema: &str) -> Answer {
        let body = json!({ "schema": schema, "schemaType": schema_type });
        self.post(&format!("/subjects/{subject}/versions"), &body)
            .await
    }

    /// Sets the compatibility level of a subject.
    pub async fn level(&self, subject: &str, level: &str) -> Answer {
        self.put(
            &format!("/config/{subject}"),
            &json!({ "compatibility": level }),
        )
        .await
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    /// The protocol's code of a refusal.
    pub fn code(&self) -> u64 {
        self.json()["error_code"]
            .as_u64()
            .unwrap_or_else(|| panic!("no error_code: {}", self.text))
    }

    /// One header; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| {
            value.to_str().expect("tests read plain headers")
        })
    }

    /// The status, and the protocol's code.
    pub fn refusal(&self) -> (u16, u64) {
        (self.status, self.code())
    }

    /// The body of an answer that must be fine.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// The id in the answer to a registration.
    #[track_caller]
    pub fn id(&self) -> u64 {
        self.ok()["id"]
            .as_u64()
            .expect("a registration answers with an id")
    }

    /// The version in the answer to a registration.
    #[track_caller]
    pub fn version(&self) -> u64 {
        self.ok()["version"]
            .as_u64()
            .expect("a registration answers with a version")
    }
}

/// An Avro record named `Order` with a field for each name; fields marked with `?` have a default.
pub fn avro_record(fields: &[&str]) -> String {
    let fields: Vec<Value> = fields
        .iter()
        .map(|field| match field.strip_suffix('?') {
            Some(name) => json!({ "name": name, "type": ["null", "string"], "default": null }),
            None => json!({ "name": field, "type": "string" }),
        })
        .collect();
    json!({ "type": "record", "name": "Order", "namespace": "shop", "fields": fields }).to_string()
}
