//! The routes of accounts, by what people do.

mod emails;
mod exports;
mod logins;
mod passwords;
mod people;
mod pictures;
mod profiles;
mod second_factors;
mod sessions;

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header;
use http_kit::{RequestContext, Routes, cookies};
use kernel::AppError;

/// The longest user agent that is kept.
const MAX_AGENT_LEN: usize = 512;

/// Registers them below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.add(logins::obtain_tokens).add(logins::refresh_tokens);
    api.scope("/auth", |auth| {
        logins::routes(auth);
        sessions::routes(auth);
        passwords::routes(auth);
        emails::routes(auth);
        second_factors::routes(auth);
    });
    api.scope("/users", |users| {
        profiles::routes(users);
        pictures::routes(users);
        exports::routes(users);
        people::routes(users);
    });
}

/// Where a request comes from, as accounts want to know it.
fn visitor(request: &HttpRequest) -> Result<accounts::ClientInfo, AppError> {
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
