//! The clock of a server that was started with `--dev-clock`: without that flag the route does not
//! exist. Like the dev mailbox it is for visitors on this machine, where the public address is loopback.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, post, web};
use contract::envelope::Envelope;
use contract::service::{AdvanceClock, DevClockState};
use futures_util::future::LocalBoxFuture;
use http_kit::{ApiResponse, ApiResult, Body, ClientAddress, Failure, HttpError};
use kernel::AppError;

use crate::dev_clock::DevClock;
use crate::state::AppState;

/// The clock, for a visitor who may move it.
struct DevClockAccess(DevClock);

impl FromRequest for DevClockAccess {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let client = ClientAddress::extract(request);
        let clock = request
            .app_data::<web::Data<AppState>>()
            .filter(|state| state.http.config.is_loopback())
            .and_then(|state| state.platform.dev_clock.clone());
        Box::pin(async move {
            let is_local = client.await?.is_local;
            let clock = clock.filter(|_| is_local);
            Ok(Self(clock.ok_or(HttpError::NotFound)?))
        })
    }
}

/// Move the server's clock ahead
///
/// On all nodes, until they are restarted.
#[utoipa::path(tag = "Service", request_body = AdvanceClock,
    responses((status = 200, description = "The clock is moved.", body = Envelope<DevClockState>)),
    extensions(("x-errors" = json!(["not_found"]))))]
#[post("/dev/clock/")]
pub(super) async fn advance_dev_clock(
    access: DevClockAccess,
    body: Body<AdvanceClock>,
    state: web::Data<AppState>,
) -> ApiResult<DevClockState> {
    let by = Duration::from_secs(body.value.advance_seconds);
    if !access.0.advance(by).await {
        let problem = "must not move the clock more than ten years ahead in all";
        return Err(AppError::invalid("advance_seconds", problem).into());
    }
    Ok(ApiResponse::ok(DevClockState {
        now: state.platform.env.now(),
        ahead_seconds: access.0.ahead().as_secs(),
    }))
}
