//! Every route, on one page.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Router,
    handler::Handler,
    routing::{MethodRouter, delete, get, patch, post, put},
};

use crate::{
    api::{
        associations, batch, compatibility, config, contexts, events, explain, metadata, mode,
        operations, root, schemas, subjects, transfer, versions,
        webhooks::{deliveries, event_types, replays, subscriptions as webhooks},
    },
    app::App,
    http::{BodyLimits, Gated, NameRequests, NegotiateJson, Strict, fallback, method_not_allowed},
    metrics::Measured,
};

/// The registry's routes. What issue by issue is added to the protocol goes where its resource is.
#[expect(clippy::too_many_lines, reason = "a list")]
fn api() -> Routes {
    Routes::default()
        .get("/", root::get)
        .post("/", root::post)
        .get("/v1/metadata/id", metadata::id)
        .get("/v1/metadata/version", metadata::version)
        .get("/v1/metadata/deployment", metadata::deployment)
        .get("/subjects", subjects::list)
        .post("/subjects/{subject}", subjects::look_up)
        .delete("/subjects/{subject}", subjects::delete)
        .get("/subjects/{subject}/metadata", subjects::with_metadata)
        .get("/subjects/{subject}/versions", versions::list)
        .post("/subjects/{subject}/versions", versions::register)
        .get("/subjects/{subject}/versions/{version}", versions::get)
        .delete("/subjects/{subject}/versions/{version}", versions::delete)
        .get(
            "/subjects/{subject}/versions/{version}/schema",
            versions::get_schema,
        )
        .get(
            "/subjects/{subject}/versions/{version}/referencedby",
            versions::referenced_by,
        )
        .post("/subjects/{subject}/versions/{version}/tags", versions::tag)
        .get("/schemas", schemas::list)
        .get("/schemas/types", schemas::types)
        .get("/schemas/ids/{id}", schemas::get)
        .get("/schemas/ids/{id}/schema", schemas::get_schema)
        .get("/schemas/ids/{id}/subjects", schemas::subjects)
        .get("/schemas/ids/{id}/versions", schemas::versions)
        .get("/schemas/guids/{guid}", schemas::get_by_guid)
        .get("/schemas/guids/{guid}/ids", schemas::guid_ids)
        .post(
            "/compatibility/subjects/{subject}/versions",
            compatibility::check_all,
        )
        .post(
            "/compatibility/subjects/{subject}/versions/{version}",
            compatibility::check_version,
        )
        .get("/associations/subjects/{subject}", associations::of_subject)
        .get(
            "/associations/resources/{resource}",
            associations::of_resource,
        )
        .put("/associations/resources/{resource}", associations::upsert)
        .delete("/associations/resources/{resource}", associations::delete)
        .get(
            "/associations/resources/{resource}/{name}",
            associations::of_name,
        )
        .post("/associations", associations::create)
        .post("/associations:batchGet", associations::batch_get)
        .post("/associations:batchMutate", associations::batch_mutate)
        .post("/api/v1/batch", batch::batch)
        .post("/api/v1/explain", explain::explain)
        .post("/api/v1/import", transfer::import)
        .get("/api/v1/webhooks", webhooks::list)
        .post("/api/v1/webhooks", webhooks::create)
        .get("/api/v1/webhooks/{webhook}", webhooks::get)
        .patch("/api/v1/webhooks/{webhook}", webhooks::update)
        .delete("/api/v1/webhooks/{webhook}", webhooks::delete)
        .post("/api/v1/webhooks/{webhook}/enable", webhooks::enable)
        .post("/api/v1/webhooks/{webhook}/disable", webhooks::disable)
        .post("/api/v1/webhooks/{webhook}/rotate", webhooks::rotate_secret)
        .post(
            "/api/v1/webhooks/{webhook}/rotate-secret",
            webhooks::rotate_secret,
        )
        .post(
            "/api/v1/webhooks/{webhook}/revoke-previous-secret",
            webhooks::revoke_previous_secret,
        )
        .post("/api/v1/webhooks/{webhook}/test", webhooks::test)
        .get("/api/v1/webhooks/{webhook}/deliveries", deliveries::list)
        .get(
            "/api/v1/webhooks/{webhook}/deliveries/{event}/attempts",
            deliveries::attempts,
        )
        .post(
            "/api/v1/webhooks/{webhook}/deliveries/{event}/redeliver",
            deliveries::redeliver,
        )
        .get("/api/v1/webhooks/{webhook}/blocked", deliveries::blocked)
        .post("/api/v1/webhooks/{webhook}/resume", deliveries::resume)
        .post("/api/v1/webhooks/{webhook}/replay", replays::start)
        .get("/api/v1/webhooks/{webhook}/replays", replays::list)
        .get("/api/v1/webhooks/{webhook}/replays/{replay}", replays::get)
        .delete(
            "/api/v1/webhooks/{webhook}/replays/{replay}",
            replays::cancel,
        )
        .get("/api/v1/webhooks/event-types", event_types::list)
        .get("/api/v1/webhooks/event-types/{type}", event_types::get)
        .get("/config", config::get)
        .put("/config", config::put)
        .delete("/config", config::delete)
        .get("/config/{subject}", config::get_of)
        .put("/config/{subject}", config::put_of)
        .delete("/config/{subject}", config::delete_of)
        .get("/mode", mode::get)
        .put("/mode", mode::put)
        .delete("/mode", mode::delete)
        .get("/mode/{subject}", mode::get_of)
        .put("/mode/{subject}", mode::put_of)
        .delete("/mode/{subject}", mode::delete_of)
        .get("/contexts", contexts::list)
        .delete("/contexts/{context}", contexts::delete)
        .get("/health/live", operations::live)
        .get("/health/ready", operations::ready)
}

/// Routes that answer in media types of their own, so that `Accept` does not matter.
fn plain() -> Routes {
    Routes::default()
        .get("/api/v1/events", events::list)
        .get("/api/v1/export", transfer::export)
        .get("/metrics", operations::metrics)
        .get("/openapi.yaml", operations::openapi)
}

/// Every route as method and path, for the comparison with `openapi.yaml`.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    [api().listed, plain().listed].concat()
}

/// The router with its layers, the outermost first. Each `layer` puts a box around every route, to be cloned for every
/// request; so each route gets all of its layers together, and the fallbacks get theirs by themselves.
pub fn router(app: Arc<App>, body: BodyLimits) -> Router {
    let everywhere = (Gated(NameRequests), Gated(Strict));
    let on_routes = (
        everywhere,
        Extension(body),
        Gated(Measured(Arc::clone(app.metrics()))),
    );
    api()
        .router
        .layer((on_routes.clone(), Gated(NegotiateJson)))
        .merge(plain().router.layer(on_routes))
        .fallback(fallback.layer(everywhere))
        .method_not_allowed_fallback(method_not_allowed.layer(everywhere))
        .with_state(app)
}

/// A router that remembers what was put into it.
#[derive(Default)]
struct Routes {
    router: Router<Arc<App>>,
    listed: Vec<(&'static str, &'static str)>,
}

impl Routes {
    fn get<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("GET", path, get(handler))
    }

    fn post<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("POST", path, post(handler))
    }

    fn put<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("PUT", path, put(handler))
    }

    fn patch<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("PATCH", path, patch(handler))
    }

    fn delete<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("DELETE", path, delete(handler))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        handler: MethodRouter<Arc<App>, Infallible>,
    ) -> Self {
        self.listed.push((method, path));
        self.router = self.router.route(path, handler);
        self
    }
}
