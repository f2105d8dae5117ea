//! Who may open a socket: from which page, and with which credentials.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use async_trait::async_trait;
use http_kit::server::connection_state::ConnectionState;
use http_kit::{Failure, auth, query, request_target, same_origin};
use kernel::{Actor, AppError, ErrorKind, Secret};
use realtime::{ChannelHandler, ChannelSpec, Close, Opening, Transport};
use telemetry::log_error;

use crate::state::AppState;

/// The start of the subprotocol name that carries a token: browsers can set no other header.
const BEARER: &str = "bearer.";

/// Redeems the tickets with which browsers open sockets.
#[async_trait]
pub trait TicketRedeemer: Send + Sync {
    /// The user of a ticket, which is void from then on.
    ///
    /// # Errors
    /// The ticket is unknown, used or expired.
    async fn redeem(&self, ticket: &Secret) -> Result<Actor, AppError>;
}

/// A credential and how it came.
#[derive(Debug, PartialEq, Eq)]
enum Credential<'a> {
    Access(&'a str),
    Ticket(&'a str),
}

/// The connection below a socket.
struct SocketTransport(Arc<ConnectionState>);

impl Transport for SocketTransport {
    fn hang_up(&self) {
        self.0.abort();
    }

    fn end_input(&self) {
        self.0.end_input();
    }

    fn is_blocked(&self) -> bool {
        self.0.is_blocked()
    }

    fn limit_buffers(&self) {
        self.0.limit_buffers();
    }
}

/// Opens a socket of a path.
///
/// # Errors
/// The request is no WebSocket handshake.
pub async fn open(
    state: &AppState,
    request: HttpRequest,
    body: web::Payload,
    channel: &'static ChannelSpec,
    handler: impl ChannelHandler + 'static,
) -> Result<HttpResponse, Failure> {
    let opening = Opening {
        hub: state.hub.clone(),
        channel,
        admitted: admit(&request, state).await,
        resumes: announces_resume(&request),
        transport: transport(&request),
    };
    Ok(realtime::open(&request, body, opening, handler).await?)
}

/// The connection below a socket that this request opens.
#[must_use]
pub fn transport(request: &HttpRequest) -> Option<Arc<dyn Transport>> {
    let state = request.conn_data::<Arc<ConnectionState>>();
    state
        .cloned()
        .map(|state| Arc::new(SocketTransport(state)) as Arc<dyn Transport>)
}

/// Whether the client will say what it missed.
fn announces_resume(request: &HttpRequest) -> bool {
    let value = query::last(request.query_string(), "resume");
    value.is_some_and(|value| matches!(value, "true" | "1"))
}

/// The user, if they may open a socket from this page.
async fn admit(request: &HttpRequest, state: &AppState) -> Result<Actor, Close> {
    request_target::check_encoding(request.uri())
        .map_err(|_| Close::bad_data("the path is not percent-encoded UTF-8"))?;
    if !is_allowed_page(request, state) {
        return Err(Close::forbidden(
            "this page may not connect; see --allowed-origins",
        ));
    }
    let query = request.query_string();
    let credential = credential(request.headers(), query).ok_or_else(Close::unauthenticated)?;
    let authenticated = match credential {
        Credential::Access(token) => state.http.authenticator.authenticate(token).await,
        Credential::Ticket(ticket) => redeem(state, ticket).await,
    };
    let actor = authenticated.map_err(|error| refused(&error))?;
    if state.http.lifecycle.is_stopping() {
        return Err(Close::restarting());
    }
    Ok(actor)
}

async fn redeem(state: &AppState, ticket: &str) -> Result<Actor, AppError> {
    let redeemer = state.services.get::<dyn TicketRedeemer>()?;
    redeemer.redeem(&Secret::new(ticket)).await
}

fn refused(error: &AppError) -> Close {
    match error.code().kind {
        ErrorKind::Unavailable | ErrorKind::Internal => {
            log_error("socket not authenticated", None, error);
            Close::overloaded()
        }
        ErrorKind::TooMany => Close::too_many("try again later"),
        _ => Close::unauthenticated(),
    }
}

/// Whether the page that opens the socket may. Only browsers name a page.
fn is_allowed_page(request: &HttpRequest, state: &AppState) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return true;
    };
    let config = &state.http.config;
    config.allows_origin(origin)
        || same_origin::is_own_origin(request.headers(), config.public_url.origin())
}

/// The first credential, in the order in which they are accepted.
fn credential<'a>(headers: &'a HeaderMap, query: &'a str) -> Option<Credential<'a>> {
    if let Ok(Some(token)) = auth::bearer_token(headers) {
        return Some(Credential::Access(token));
    }
    if let Some(token) = protocols(headers).find_map(|name| name.strip_prefix(BEARER)) {
        return Some(Credential::Access(token));
    }
    let ticket = query::last(query, "ticket").map(Credential::Ticket);
    ticket.or_else(|| query::last(query, "token").map(Credential::Access))
}

fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let lists = all.filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn credential_is_the_first_in_order() {
        let mut headers = HeaderMap::new();
        assert_eq!(credential(&headers, ""), None);
        assert_eq!(
            credential(&headers, "token=a"),
            Some(Credential::Access("a"))
        );
        assert_eq!(
            credential(&headers, "token=a&ticket=b"),
            Some(Credential::Ticket("b"))
        );
        let protocols = HeaderValue::from_static("courtside.v1, bearer.c");
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocols);
        assert_eq!(
            credential(&headers, "ticket=b"),
            Some(Credential::Access("c"))
        );
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer d"));
        assert_eq!(
            credential(&headers, "ticket=b"),
            Some(Credential::Access("d"))
        );
    }
}
