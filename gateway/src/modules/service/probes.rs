//! What the server says about itself: to probes, to scrapers and to the curious.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use contract::envelope::Envelope;
use contract::service::{Alive, Condition, Ready};
use http_kit::{ApiResponse, ApiResult, ClientAddress, Failure, HttpError, Network};
use kernel::AppError;
use serde_json::json;
use telemetry::Metrics;

use crate::state::AppState;

/// How long something that the server needs may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The networks that may read `/metrics`.
pub(super) struct MetricsNetworks(pub(super) Vec<Network>);

/// Whether the process runs
///
/// For liveness probes: it asks nothing of anything else.
#[utoipa::path(tag = "Service", responses(
    (status = 200, description = "It runs.", body = Envelope<Alive>)
))]
#[get("/healthz")]
pub(super) async fn healthz() -> ApiResult<Alive> {
    Ok(ApiResponse::ok(Alive { status: "alive" }))
}

/// Whether requests should be sent here
///
/// For readiness probes and load balancers. `error.checks` of a refusal tells what is away. A Redis
/// that is away shows as `bus` and is no reason to refuse: the server goes on without it, and if
/// every node refused there would be nobody left to ask.
#[utoipa::path(
    tag = "Service",
    responses((status = 200, description = "It can be used.", body = Envelope<Ready>)),
    extensions(("x-errors" = json!(["not_ready"])))
)]
#[get("/readyz")]
pub(super) async fn readyz(state: web::Data<AppState>) -> ApiResult<Ready> {
    let (database, bus) = tokio::join!(
        condition(state.platform.store.ping()),
        condition(state.platform.cluster.check()),
    );
    let checks = BTreeMap::from([("database", database), ("bus", bus)]);
    if database == Condition::Up && state.http.lifecycle.is_ready() {
        return Ok(ApiResponse::ok(Ready {
            status: "ready",
            checks,
        }));
    }
    Err(AppError::from(HttpError::NotReady)
        .with("checks", json!(checks))
        .into())
}

async fn condition(check: impl Future<Output = Result<(), AppError>>) -> Condition {
    match tokio::time::timeout(PATIENCE, check).await {
        Ok(Ok(())) => Condition::Up,
        Ok(Err(error)) => {
            tracing::warn!("not ready: {}", error.chain());
            Condition::Down
        }
        Err(_late) => Condition::Down,
    }
}

/// Whether a request came by the public address, and nobody told for whom: then the peer is a proxy
/// that adds no header, and not who reads the answer.
fn through_public_address(request: &HttpRequest, client: &ClientAddress, state: &AppState) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let host = request.headers().get(header::HOST);
    let names_us = host
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| state.http.config.is_allowed_host(host));
    names_us && client.ip == peer && !state.http.config.is_loopback()
}

/// Counters and timings
///
/// In the Prometheus text format, for the addresses of `--metrics-networks` alone; to all others
/// there is nothing here.
#[utoipa::path(
    tag = "Service",
    responses((status = 200, description = "All metrics.", body = String, content_type = "text/plain",
        example = "http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1")),
    extensions(("x-errors" = json!(["not_found"])))
)]
#[get("/metrics")]
pub(super) async fn metrics(
    request: HttpRequest,
    client: ClientAddress,
    state: web::Data<AppState>,
    networks: web::Data<MetricsNetworks>,
    metrics: web::Data<Metrics>,
) -> Result<HttpResponse, Failure> {
    let welcome = client.ip.is_some_and(|address| {
        // Whom a proxy on this machine speaks for is not on this machine.
        let is_who_they_seem = client.is_local || !address.is_loopback();
        is_who_they_seem
            && !through_public_address(&request, &client, &state)
            && networks.0.iter().any(|network| network.contains(address))
    });
    if !welcome {
        return Err(HttpError::NotFound.into());
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    let mut answer = HttpResponse::Ok();
    Ok(answer
        .insert_header((header::CONTENT_TYPE, kind))
        .body(metrics.render()))
}
