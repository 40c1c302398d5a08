//! `/associations`: resources that own or share subjects.

use axum::{
    extract::{FromRequestParts, Path},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use dovetail_model::{
    Context,
    bodies::{
        AssociationBatchGet, AssociationBatchRequest, AssociationBatchResponse, AssociationGet,
        AssociationInfo, AssociationRequest, AssociationResponse, AssociationResult, ErrorBody,
    },
};
use serde::de::DeserializeOwned;

use super::{
    code,
    extract::{Answer, InSubject, Live, Query},
    render::{json, version_json},
};
use crate::{
    http::{HttpError, JsonText, LargeJsonText, parse_json},
    registry::{
        Associated, AssociationFilter, AssociationsRequest, Registry, RegistryError, Resource,
        Whose,
    },
};

/// The most requests of one batch.
const MOST_IN_BATCH: usize = 1000;

/// How many associations one page has at most, and without a limit.
const PAGE: usize = 1000;

/// `GET /associations/subjects/{subject}`
pub(crate) async fn of_subject(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
) -> Answer {
    list(&registry, &Whose::Subject(subject), &query).await
}

/// `GET /associations/resources/{resource}`
pub(crate) async fn of_resource(
    Live(registry): Live,
    InResource { resource, .. }: InResource,
    query: Query,
) -> Answer {
    list(&registry, &Whose::Id(resource), &query).await
}

/// `GET /associations/resources/{resource}/{name}`
pub(crate) async fn of_name(
    Live(registry): Live,
    InResource { resource, name }: InResource,
    query: Query,
) -> Answer {
    list(&registry, &named(name, resource), &query).await
}

/// `POST /associations`
pub(crate) async fn create(Live(registry): Live, query: Query, body: JsonText) -> Answer {
    let (context, dry_run) = (context(&query)?, query.flag("dryRun")?);
    let request = AssociationsRequest::create(parse(&body.0)?, &context, dry_run)?;
    json(&associate(&registry, &request, dry_run).await?)
}

/// `PUT /associations/resources/{resource}`
pub(crate) async fn upsert(
    Live(registry): Live,
    InResource { resource, .. }: InResource,
    query: Query,
    body: JsonText,
) -> Answer {
    let (context, dry_run) = (context(&query)?, query.flag("dryRun")?);
    let mut body: AssociationRequest = parse(&body.0)?;
    let id = body.resource_id.get_or_insert_with(|| resource.clone());
    if *id != resource {
        return Err(invalid("resourceId", "differs from the one in the path"));
    }
    let request = AssociationsRequest::upsert(body, &context, dry_run)?;
    json(&associate(&registry, &request, dry_run).await?)
}

/// `DELETE /associations/resources/{resource}`
pub(crate) async fn delete(
    Live(registry): Live,
    InResource { resource, .. }: InResource,
    query: Query,
) -> Answer {
    let (cascade, dry_run) = (query.flag("cascadeLifecycle")?, query.flag("dryRun")?);
    let filter = AssociationFilter {
        lifecycle: None,
        ..filter(&query)?
    };
    registry
        .dissociate(&resource, &filter, cascade, dry_run)
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /associations:batchGet`
pub(crate) async fn batch_get(Live(registry): Live, query: Query, body: LargeJsonText) -> Answer {
    let with_schemas = query.flag("includeSchemas")?;
    let batch: AssociationBatchGet = parse(&body.0)?;
    fits(batch.requests.len())?;
    let mut results = Vec::with_capacity(batch.requests.len());
    for request in batch.requests {
        results.push(result(get(&registry, request, with_schemas).await)?);
    }
    multi_status(results)
}

/// `POST /associations:batchMutate`
pub(crate) async fn batch_mutate(
    Live(registry): Live,
    query: Query,
    body: LargeJsonText,
) -> Answer {
    let (context, dry_run) = (context(&query)?, query.flag("dryRun")?);
    let batch: AssociationBatchRequest = parse(&body.0)?;
    fits(batch.requests.len())?;
    let mut results = Vec::with_capacity(batch.requests.len());
    for request in batch.requests {
        let outcome = match AssociationsRequest::mixed(request, &context, dry_run) {
            Ok(request) => associate(&registry, &request, dry_run).await,
            Err(error) => Err(error.into()),
        };
        results.push(result(outcome)?);
    }
    multi_status(results)
}

async fn list(registry: &Registry, whose: &Whose, query: &Query) -> Answer {
    let page = query.page(PAGE)?;
    let found = registry.associations(whose, &filter(query)?).await?;
    json(&page.of(&found).collect::<Vec<_>>())
}

async fn associate(
    registry: &Registry,
    request: &AssociationsRequest,
    dry_run: bool,
) -> Result<AssociationResponse, HttpError> {
    let associated = registry.associate(request, dry_run).await?;
    response(registry, &request.resource, associated)
}

fn response(
    registry: &Registry,
    resource: &Resource,
    associated: Associated,
) -> Result<AssociationResponse, HttpError> {
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let infos = associated.into_iter().map(|(association, found)| {
        Ok(AssociationInfo {
            subject: association.subject.clone(),
            association_type: association.association_type,
            lifecycle: association.lifecycle,
            frozen: association.frozen,
            schema: found
                .as_ref()
                .map(|found| version_json(found, registry.profile()))
                .transpose()?,
        })
    });
    Ok(AssociationResponse {
        resource_name: said(&resource.name),
        resource_namespace: said(&resource.namespace),
        resource_id: said(&resource.id),
        resource_type: said(&resource.resource_type),
        associations: infos.collect::<Result<_, HttpError>>()?,
    })
}

async fn get(
    registry: &Registry,
    request: AssociationGet,
    with_schemas: bool,
) -> Result<AssociationResponse, HttpError> {
    let whose = match (request.resource_id.clone(), request.resource_name.clone()) {
        (Some(id), _) if !id.is_empty() => Whose::Id(id),
        (_, Some(name)) if !name.is_empty() => {
            named(name, request.resource_namespace.clone().unwrap_or_default())
        }
        _ => {
            return Err(invalid(
                "resourceId",
                "or resourceName cannot be null or empty",
            ));
        }
    };
    let types = request
        .association_types
        .iter()
        .map(|text| typed("associationTypes", text));
    let filter = AssociationFilter {
        resource_type: request
            .resource_type
            .clone()
            .filter(|text| !text.is_empty()),
        types: types.collect::<Result<_, _>>()?,
        lifecycle: match request.lifecycle.as_deref() {
            None | Some("") => None,
            Some(text) => Some(typed("lifecycle", text)?),
        },
    };
    let mut associated = Associated::new();
    for association in registry.associations(&whose, &filter).await? {
        let found = if with_schemas {
            registry.latest(&association.subject).await?
        } else {
            None
        };
        associated.push((association, found));
    }
    let resource = match associated.first() {
        Some((association, _)) => Resource {
            name: association.resource_name.clone(),
            namespace: association.resource_namespace.clone(),
            id: association.resource_id.clone(),
            resource_type: association.resource_type.clone(),
        },
        None => Resource {
            name: request.resource_name.unwrap_or_default(),
            namespace: request.resource_namespace.unwrap_or_default(),
            id: request.resource_id.unwrap_or_default(),
            resource_type: request.resource_type.unwrap_or_default(),
        },
    };
    response(registry, &resource, associated)
}

/// What became of one request. What is about the server, and not about the request, is an error of the whole batch.
fn result(outcome: Result<AssociationResponse, HttpError>) -> Result<AssociationResult, HttpError> {
    match outcome {
        Ok(response) => Ok(AssociationResult::Result(response)),
        Err(error) if error.status.is_server_error() => Err(error),
        Err(error) => Ok(AssociationResult::Error(ErrorBody {
            error_code: error.code,
            message: error.message,
        })),
    }
}

fn multi_status(results: Vec<AssociationResult>) -> Result<Response, HttpError> {
    let mut response = json(&AssociationBatchResponse { results })?;
    *response.status_mut() = StatusCode::MULTI_STATUS;
    Ok(response)
}

fn fits(requests: usize) -> Result<(), HttpError> {
    match requests {
        0 => Err(invalid("requests", "cannot be null or empty")),
        1..=MOST_IN_BATCH => Ok(()),
        _ => Err(invalid("requests", "has more than 1000 of them")),
    }
}

fn filter(query: &Query) -> Result<AssociationFilter, HttpError> {
    let types = query
        .every("associationType")
        .map(|text| typed("associationType", text));
    Ok(AssociationFilter {
        resource_type: query
            .text("resourceType")?
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        types: types.collect::<Result<_, _>>()?,
        lifecycle: query
            .text("lifecycle")?
            .map(|text| typed("lifecycle", text))
            .transpose()?,
    })
}

pub(super) fn typed<T: std::str::FromStr<Err: std::fmt::Display>>(
    property: &'static str,
    text: &str,
) -> Result<T, HttpError> {
    text.parse()
        .map_err(|error: T::Err| invalid(property, &error.to_string()))
}

/// The context of subjects that do not name theirs, as `.context`, `:.context:` or `context`.
fn context(query: &Query) -> Result<Context, HttpError> {
    let text = query.text("context")?.unwrap_or_default();
    let name = text.trim_matches(':');
    let name = name.strip_prefix('.').unwrap_or(name);
    let scope = super::extract::parse_scope(&format!(":.{name}:"))?;
    Ok(scope.context)
}

/// The resources with a name; in any namespace where that is `-`.
fn named(name: String, namespace: String) -> Whose {
    let namespace = Some(namespace).filter(|namespace| namespace != "-" && !namespace.is_empty());
    Whose::Name { name, namespace }
}

fn parse<T: DeserializeOwned>(body: &bytes::Bytes) -> Result<T, HttpError> {
    parse_json(body).map_err(|error| error.into_http(code::INVALID_ASSOCIATION))
}

fn invalid(property: &'static str, reason: &str) -> HttpError {
    let reason = reason.to_owned();
    RegistryError::InvalidAssociation { property, reason }.into()
}

/// A resource in the path: by its id, or as namespace and name.
#[derive(serde::Deserialize)]
pub(crate) struct InResource {
    resource: String,
    #[serde(default)]
    name: String,
}

impl<S: Send + Sync> FromRequestParts<S> for InResource {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let rejected = |_| HttpError::bad_request("the path is not valid UTF-8");
        let Path(named) = Path::<Self>::from_request_parts(parts, state)
            .await
            .map_err(rejected)?;
        Ok(named)
    }
}
