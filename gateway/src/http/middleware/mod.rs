//! The front door: everything that every request passes, in one layer around the router.
//!
//! One layer and not eight, as each would cost an allocation and a future of its own; and around
//! the router, so that an address can still be rewritten and a panic still be answered.

mod compress;
mod cors;
mod host;
mod observe;
mod path;

use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::{ConnectionType, HttpMessage, Request};
use actix_service::{Service, ServiceFactory};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, ServiceResponse};
use actix_web::http::header::{self, ContentEncoding, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, web};
use db::StatementCounter;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use kernel::AppError;
use telemetry::{RequestId, RequestIdGenerator};

use self::observe::{End, Observer};
use crate::error::Error;
use crate::http::kit::request_context::{AuthState, RequestContext};
use crate::http::kit::{Visitor, actor, address, etag, failure, rate};
use crate::server::connection::ConnectionState;
use crate::wiring::AppState;

type Inner = ServiceResponse<BoxBody>;

/// Header of the request id in requests and responses.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the door around an app.
pub struct AppServiceFactory<F> {
    inner: F,
    services: web::Data<AppState>,
}

impl<F> AppServiceFactory<F> {
    /// The door of this app.
    pub fn new(inner: F, services: web::Data<AppState>) -> Self {
        Self { inner, services }
    }
}

impl<F> ServiceFactory<Request> for AppServiceFactory<F>
where
    F: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = Inner,
            Error = actix_web::Error,
            InitError = (),
        >,
    F::Future: 'static,
    F::Service: 'static,
{
    type Response = HttpResponse;
    type Error = actix_web::Error;
    type Config = AppConfig;
    type Service = AppService<F::Service>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Service, ()>>;

    fn new_service(&self, config: AppConfig) -> Self::Future {
        let inner = self.inner.new_service(config);
        let services = self.services.clone();
        async move {
            Ok(AppService(Rc::new(WorkerService::new(
                inner.await?,
                services,
            ))))
        }
        .boxed_local()
    }
}

/// The door of one worker thread.
pub struct AppService<S>(Rc<WorkerService<S>>);

impl<S> Service<Request> for AppService<S>
where
    S: Service<Request, Response = Inner, Error = actix_web::Error> + 'static,
{
    type Response = HttpResponse;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<HttpResponse, actix_web::Error>>;

    fn poll_ready(
        &self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), actix_web::Error>> {
        self.0.inner.poll_ready(context)
    }

    fn call(&self, request: Request) -> Self::Future {
        let worker = Rc::clone(&self.0);
        Box::pin(async move { Ok(worker.answer(request).await) })
    }
}

struct WorkerService<S> {
    inner: S,
    services: web::Data<AppState>,
    ids: RequestIdGenerator,
    observer: Observer,
}

/// What a request asks of its answer beyond its content.
struct ResponsePreferences {
    method: Method,
    encoding: Option<ContentEncoding>,
    origin: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
}

/// An answer, and which route it came from.
struct Answered {
    response: HttpResponse,
    route: Option<usize>,
}

impl From<HttpResponse> for Answered {
    fn from(response: HttpResponse) -> Self {
        Self {
            response,
            route: None,
        }
    }
}

impl<S> WorkerService<S>
where
    S: Service<Request, Response = Inner, Error = actix_web::Error> + 'static,
{
    fn new(inner: S, services: web::Data<AppState>) -> Self {
        Self {
            inner,
            ids: RequestIdGenerator::new(&services.env),
            observer: Observer::new(),
            services,
        }
    }

    async fn answer(&self, request: Request) -> HttpResponse {
        let started = self.services.env.monotonic();
        let in_flight = self.observer.begin();
        let connection = request.conn_data::<Arc<ConnectionState>>().cloned();
        connection.iter().for_each(|one| one.begin_request());
        let facts = Rc::new(self.facts(&request));
        let wishes = self.wishes(&request);
        let handled = self.handle(request, &facts, &wishes);
        let statements = StatementCounter::default();
        let handled = statements.count(handled);
        let answered = self.services.store.within_request(started, handled).await;
        let response = self.finish(answered.response, &facts, &wishes);
        drop(in_flight);
        let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        connection.iter().for_each(|one| one.end_request(upgraded));
        self.observer.end(&End {
            facts: &facts,
            table: &self.services.routes,
            route: answered.route,
            method: &wishes.method,
            status: response.status(),
            took: self.services.env.monotonic().saturating_sub(started),
            statements: &statements,
        });
        response
    }

    async fn handle(
        &self,
        mut request: Request,
        facts: &Rc<RequestContext>,
        wishes: &ResponsePreferences,
    ) -> Answered {
        match self.admit(&mut request, facts, wishes).await {
            Ok(None) => self.pass(request, facts).await,
            Ok(Some(answer)) => answer.into(),
            Err(error) => failure::refuse(&error, facts.request_id()).into(),
        }
    }

    fn facts(&self, request: &Request) -> RequestContext {
        let peer = request.peer_addr().map(|peer| peer.ip());
        let trusted = &self.services.site.trusted_proxies;
        RequestContext {
            request_id: self.request_id(request),
            visitor: Visitor::find(peer, request.headers(), trusted),
            who: RefCell::new(AuthState::Nobody),
            decision: Cell::new(None),
            allow: RefCell::new(None),
        }
    }

    fn request_id(&self, request: &Request) -> RequestId {
        let given = request.headers().get(REQUEST_ID);
        self.ids
            .accept_or_generate(given.map(HeaderValue::as_bytes))
    }

    fn wishes(&self, request: &Request) -> ResponsePreferences {
        let head = request.head();
        ResponsePreferences {
            method: head.method.clone(),
            encoding: compress::wanted(&head.headers),
            origin: cors::origin(head, &self.services.site),
            if_none_match: head.headers.get(header::IF_NONE_MATCH).cloned(),
        }
    }

    /// Lets a request in, in the form that routes know; or answers it right here.
    async fn admit(
        &self,
        request: &mut Request,
        facts: &Rc<RequestContext>,
        wishes: &ResponsePreferences,
    ) -> Result<Option<HttpResponse>, AppError> {
        host::check(request.head(), &self.services.site)?;
        if !request.path().starts_with(path::SOCKETS) {
            address::check(request.uri())?;
        }
        path::canonicalise(request.uri_mut());
        if cors::is_preflight(request.head()) {
            let allowed = self.services.routes.allowed(request.path());
            return Ok(Some(cors::preflight(allowed, wishes.origin.as_ref())));
        }
        if request.method() == Method::HEAD {
            // The connection remembers to leave the body out.
            request.head_mut().method = Method::GET;
        }
        if request.path().starts_with("/api/") {
            let who = match actor::bearer(request.headers()) {
                Ok(None) => AuthState::Nobody,
                Ok(Some(token)) => self.recognise(token).await,
                Err(Error::AmbiguousCredentials) => return Err(Error::AmbiguousCredentials.into()),
                Err(_) if actor::is_other_scheme(request.headers()) => AuthState::OtherScheme,
                // What is malformed matters only to routes that ask who it is.
                Err(error) => AuthState::Refused(error.into()),
            };
            if let AuthState::Known(actor) = &who
                && !request.method().is_safe()
            {
                self.services.activity.acted(actor.user);
            }
            facts.who.replace(who);
        }
        request.extensions_mut().insert(Rc::clone(facts));
        Ok(None)
    }

    /// A bad token matters only to routes that ask who it is: one can sign in with an old token
    /// still at hand.
    async fn recognise(&self, token: &str) -> AuthState {
        match self.services.authenticate.authenticate(token).await {
            Ok(actor) => AuthState::Known(actor),
            Err(error) => AuthState::Refused(error),
        }
    }

    async fn pass(&self, request: Request, facts: &RequestContext) -> Answered {
        let id = facts.request_id();
        let mut answering = pin!(AssertUnwindSafe(self.inner.call(request)).catch_unwind());
        let on_behalf = std::future::poll_fn(|context| {
            telemetry::with_request_id(&facts.request_id, || answering.as_mut().poll(context))
        });
        match on_behalf.await {
            Ok(Ok(response)) => {
                let name = response.request().match_name();
                let route = name.and_then(|name| self.services.routes.index(name));
                let (_request, response) = response.into_parts();
                Answered {
                    response: in_envelope(response, id),
                    route,
                }
            }
            Ok(Err(error)) => in_envelope(HttpResponse::from_error(error), id).into(),
            Err(_panic) => failure::refuse(&AppError::internal("a handler panicked"), id).into(),
        }
    }

    fn finish(
        &self,
        answer: HttpResponse,
        facts: &RequestContext,
        wishes: &ResponsePreferences,
    ) -> HttpResponse {
        let mut answer = unless_known(answer, wishes);
        let headers = answer.headers_mut();
        if let Ok(id) = HeaderValue::from_str(facts.request_id()) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(decision) = facts.decision.get() {
            rate::write(&decision, headers);
        }
        if let Some(allow) = facts.allow.take() {
            headers.insert(header::ALLOW, allow);
        }
        if headers.contains_key(header::ETAG) && !headers.contains_key(header::CACHE_CONTROL) {
            let mine_alone = HeaderValue::from_static("private, no-cache");
            headers.insert(header::CACHE_CONTROL, mine_alone);
        }
        cors::write(headers, &self.services.site, wishes.origin.clone());
        for (name, value) in &self.services.site.headers {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        if self.services.lifecycle.is_stopping() {
            // So that clients let go of connections before they are cut.
            answer.head_mut().set_connection_type(ConnectionType::Close);
        }
        compress::compress(answer, wishes.encoding)
    }
}

/// Gives error answers the envelope, whoever made them.
fn in_envelope(response: HttpResponse, request_id: &str) -> HttpResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    match response.error() {
        Some(error) => match error.as_error::<failure::Failure>() {
            Some(failure) => failure::refuse(failure.error(), request_id),
            None => failure::refuse(&failure::of_framework(status), request_id),
        },
        // It has its envelope already, as a refusal that is told again.
        None if response.headers().contains_key(header::CONTENT_TYPE) => response,
        None => failure::refuse(&failure::of_framework(status), request_id),
    }
}

/// Leaves the body out where the caller has it already.
fn unless_known(answer: HttpResponse, wishes: &ResponsePreferences) -> HttpResponse {
    let (Some(wanted), Some(tag)) = (&wishes.if_none_match, answer.headers().get(header::ETAG))
    else {
        return answer;
    };
    let reads = [Method::GET, Method::HEAD].contains(&wishes.method);
    if !reads || answer.status() != StatusCode::OK || !etag::is_named(wanted, tag) {
        return answer;
    }
    let mut unchanged = answer.drop_body();
    *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
    unchanged.headers_mut().remove(header::CONTENT_TYPE);
    unchanged.headers_mut().remove(header::CONTENT_ENCODING);
    unchanged.map_into_boxed_body()
}
