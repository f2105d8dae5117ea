//! Liveness, readiness and metrics.

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

/// The timeout of the check of a dependency.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// The networks that may read `/metrics`.
pub(super) struct MetricsNetworks(pub(super) Vec<Network>);

/// Check liveness
///
/// For liveness probes. Does not check any dependency.
#[utoipa::path(tag = "Service", responses(
    (status = 200, description = "The process is running.", body = Envelope<Alive>)
))]
#[get("/healthz")]
pub(super) async fn healthz() -> ApiResult<Alive> {
    Ok(ApiResponse::ok(Alive { status: "alive" }))
}

/// Check readiness
///
/// For readiness probes and load balancers. If the server is not ready, `error.checks` contains the
/// state of each dependency. An unavailable Redis is reported as `bus`, but the server stays ready:
/// it works without Redis, and otherwise all nodes would fail together.
#[utoipa::path(
    tag = "Service",
    responses((status = 200, description = "The server accepts requests.", body = Envelope<Ready>)),
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
    match tokio::time::timeout(CHECK_TIMEOUT, check).await {
        Ok(Ok(())) => Condition::Up,
        Ok(Err(error)) => {
            tracing::warn!(error = %error.chain(), "readiness check failed");
            Condition::Down
        }
        Err(_late) => Condition::Down,
    }
}

/// Whether a request was sent to the public address, and no header names its client. Then the peer is
/// a proxy that adds no header, not the client.
fn through_public_address(request: &HttpRequest, client: &ClientAddress, state: &AppState) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let host = request.headers().get(header::HOST);
    let names_us = host
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| state.http.config.is_allowed_host(host));
    names_us && client.ip == peer && !state.http.config.is_loopback()
}

/// Get metrics
///
/// Prometheus text format. Available only to the networks in `--metrics-networks`; other clients get
/// `not_found`.
#[utoipa::path(
    tag = "Service",
    responses((status = 200, description = "Metrics in the Prometheus text format.", body = String, content_type = "text/plain",
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
    let is_allowed = client.ip.is_some_and(|address| {
        // The client of a proxy on this machine is not on this machine.
        let is_genuine = client.is_local || !address.is_loopback();
        is_genuine
            && !through_public_address(&request, &client, &state)
            && networks.0.iter().any(|network| network.contains(address))
    });
    if !is_allowed {
        return Err(HttpError::NotFound.into());
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    let mut response = HttpResponse::Ok();
    Ok(response
        .insert_header((header::CONTENT_TYPE, kind))
        .body(metrics.render()))
}
