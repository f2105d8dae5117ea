//! Opening a socket: who comes, from where, and with what.
//!
//! A socket is accepted first and then closed with its code, since a browser sees the code of a
//! closed socket but not the status of a refused one.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use http_kit::{Failure, HttpError, auth, query, request_target, same_origin};
use kernel::{Actor, AppError, Secret};
use telemetry::log_error;

use super::body::Outgoing;
use super::channel::ChannelSpec;
use super::close::Close;
use super::connection::Connection;
use super::decoder::Reader;
use super::queue::Queue;
use super::session::{self, ChannelHandler, Session};
use super::wake_batcher::WakeBatcher;
use crate::wiring::AppState;

/// The protocol that browsers name when they carry their token in that header.
const PROTOCOL: &str = "courtside.v1";
/// The start of the protocol name that carries a token.
const BEARER: &str = "bearer.";
/// Sockets that one person may have on one node.
pub(crate) const MAX_FOR_ONE: usize = 32;
/// Sockets that one node serves.
const MAX_FOR_ALL: usize = 60_000;

/// A credential and how it came.
#[derive(Debug, PartialEq, Eq)]
enum Carried<'a> {
    Access(&'a str),
    Ticket(&'a str),
}

/// Opens a socket of a path for whoever comes.
///
/// # Errors
/// The request is no WebSocket handshake.
pub async fn open(
    request: HttpRequest,
    body: web::Payload,
    channel: &'static ChannelSpec,
    handler: impl ChannelHandler + 'static,
) -> Result<HttpResponse, Failure> {
    let services = services_of(&request)?;
    let admitted = admit(&request, &services).await;
    let response = shake_hands(&request).await?;
    let reader = Reader::new(body.into_inner());
    let queue = Arc::new(Queue::new(request.app_data::<Arc<WakeBatcher>>().cloned()));
    match admitted {
        Ok(actor) => {
            let (id, socket) = (services.hub.next_id(), request.conn_data().cloned());
            let client = Connection::new(id, actor, channel, Arc::clone(&queue), socket);
            let line = Session::new(Arc::new(client), services, announces_resume(&request));
            let begin_by = line.services.store.answer_by();
            actix_web::rt::spawn(session::serve(line, reader, Box::new(handler), begin_by));
        }
        Err(close) => {
            queue.close(&close);
            actix_web::rt::spawn(session::reject(reader));
        }
    }
    Ok(response.map_body(|_, _| BoxBody::new(Outgoing::new(queue))))
}

/// Opens a socket at an address where there is none, and closes it with the code that says so.
///
/// # Errors
/// The request is no WebSocket handshake.
pub async fn open_unknown(
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let response = shake_hands(request).await?;
    let queue = Arc::new(Queue::new(request.app_data::<Arc<WakeBatcher>>().cloned()));
    queue.close(&Close::not_found("no socket has this address"));
    actix_web::rt::spawn(session::reject(Reader::new(body.into_inner())));
    Ok(response.map_body(|_, _| BoxBody::new(Outgoing::new(queue))))
}

/// Takes the handshake. The library is given nothing to read: it would wait for the whole of a
/// frame however large its head says it is, so a [`Reader`] of ours reads instead.
async fn shake_hands(request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let nothing = web::Payload::from_request(request, &mut Payload::None).await;
    let nothing = nothing.map_err(|_| HttpError::NotAWebSocket)?;
    let shaken = actix_ws::handle_with_protocols(request, nothing, &[PROTOCOL]);
    let (response, _, _) = shaken.map_err(|_| HttpError::NotAWebSocket)?;
    Ok(response)
}

/// Whether the client will say what it missed: what is new waits for that.
fn announces_resume(request: &HttpRequest) -> bool {
    let said = query::last(request.query_string(), "resume");
    said.is_some_and(|said| matches!(said, "true" | "1"))
}

fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let lists = all.filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',').map(str::trim))
}

fn services_of(request: &HttpRequest) -> Result<web::Data<AppState>, AppError> {
    let services = request.app_data::<web::Data<AppState>>();
    services
        .cloned()
        .ok_or_else(|| AppError::internal("the app has no services"))
}

/// Finds out who comes, and whether there is room for them.
async fn admit(request: &HttpRequest, services: &AppState) -> Result<Actor, Close> {
    request_target::check_encoding(request.uri())
        .map_err(|_| Close::bad_data("the address is not percent-encoded UTF-8"))?;
    if !may_come_from(request, services) {
        return Err(Close::forbidden(
            "this page may not connect; see --allowed-origins",
        ));
    }
    let query = request.query_string();
    let carried = carried(request.headers(), query).ok_or_else(Close::unauthenticated)?;
    let who = match carried {
        Carried::Access(token) => services.accounts.authenticate(token).await,
        Carried::Ticket(ticket) => services.accounts.redeem_ticket(&Secret::new(ticket)).await,
    };
    let actor = who.map_err(|error| refused(&error))?;
    if services.http.lifecycle.is_stopping() {
        return Err(Close::restarting());
    }
    if services.hub.open() >= MAX_FOR_ALL {
        return Err(Close::overloaded());
    }
    if services.hub.count_of(actor.user) >= MAX_FOR_ONE {
        return Err(Close::too_many(
            "so many sockets at once are more than one person needs",
        ));
    }
    Ok(actor)
}

fn refused(error: &AppError) -> Close {
    match error.code().kind {
        kernel::ErrorKind::Unavailable | kernel::ErrorKind::Internal => {
            log_error("socket not signed in", None, error);
            Close::overloaded()
        }
        kernel::ErrorKind::TooMany => Close::too_many("try again later"),
        _ => Close::unauthenticated(),
    }
}

/// A browser says which page opens a socket. Programs say nothing, and are welcome.
fn may_come_from(request: &HttpRequest, services: &AppState) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return true;
    };
    services.http.config.allows_origin(origin)
        || same_origin::is_own_origin(request.headers(), services.http.config.public_url.origin())
}

/// The first credential, in the order in which carriers are looked at.
fn carried<'a>(headers: &'a HeaderMap, query: &'a str) -> Option<Carried<'a>> {
    if let Ok(Some(token)) = auth::bearer_token(headers) {
        return Some(Carried::Access(token));
    }
    if let Some(token) = protocols(headers).find_map(|name| name.strip_prefix(BEARER)) {
        return Some(Carried::Access(token));
    }
    let ticket = query::last(query, "ticket").map(Carried::Ticket);
    ticket.or_else(|| query::last(query, "token").map(Carried::Access))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn carriers_are_looked_at_in_order() {
        let mut headers = HeaderMap::new();
        assert_eq!(carried(&headers, ""), None);
        assert_eq!(carried(&headers, "token=a"), Some(Carried::Access("a")));
        assert_eq!(
            carried(&headers, "token=a&ticket=b"),
            Some(Carried::Ticket("b"))
        );
        let protocols = HeaderValue::from_static("courtside.v1, bearer.c");
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocols);
        assert_eq!(carried(&headers, "ticket=b"), Some(Carried::Access("c")));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer d"));
        assert_eq!(carried(&headers, "ticket=b"), Some(Carried::Access("d")));
    }
}
