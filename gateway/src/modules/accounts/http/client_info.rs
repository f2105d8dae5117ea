//! The client that a request comes from.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header;
use http_kit::{RequestContext, cookies};
use kernel::AppError;

/// The maximum length of a stored user agent.
const MAX_AGENT_LEN: usize = 512;

/// The client of a request.
///
/// # Errors
/// The cookie of the device is sent twice.
pub(super) fn client_info(request: &HttpRequest) -> Result<accounts::ClientInfo, AppError> {
    let device = cookies::device(request)?;
    let address = RequestContext::of(request)?.client.ip;
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    Ok(accounts::ClientInfo {
        address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        user_agent: agent.chars().take(MAX_AGENT_LEN).collect(),
        device: device.and_then(|value| accounts::Device::parse(value.expose())),
    })
}
