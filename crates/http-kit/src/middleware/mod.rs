//! The middleware that every request passes, in one layer around the router.
//!
//! It is one layer because each further one would cost an allocation and a future. It surrounds the
//! router, so that it can rewrite paths and respond after a panic.

mod compress;
mod cors;
mod host;
mod observe;
mod path;

use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
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

use self::observe::{Observer, RequestEnd};
use crate::auth::{bearer_token, is_other_scheme};
use crate::client_address::ClientAddress;
use crate::error::HttpError;
use crate::failure::{Failure, error_response, from_framework};
use crate::request_context::{AuthState, RequestContext};
use crate::request_target::check_encoding;
use crate::server::connection_state::ConnectionState;
use crate::state::HttpState;
use crate::{accept_encoding, etag, fallback, rate_limit};

type RouterResponse = ServiceResponse<BoxBody>;

/// Header of the request id in requests and responses.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps an application in the middleware, once per worker thread.
pub struct AppServiceFactory<F> {
    inner: F,
    state: web::Data<HttpState>,
}

impl<F> AppServiceFactory<F> {
    /// Wraps an application.
    pub fn new(inner: F, state: web::Data<HttpState>) -> Self {
        Self { inner, state }
    }
}

impl<F> ServiceFactory<Request> for AppServiceFactory<F>
where
    F: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = RouterResponse,
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
        let state = self.state.clone();
        async move { Ok(AppService(Rc::new(WorkerService::new(inner.await?, state)))) }
            .boxed_local()
    }
}

/// The middleware of a worker thread.
pub struct AppService<S>(Rc<WorkerService<S>>);

impl<S> Service<Request> for AppService<S>
where
    S: Service<Request, Response = RouterResponse, Error = actix_web::Error> + 'static,
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
        Box::pin(async move { Ok(worker.respond(request).await) })
    }
}

struct WorkerService<S> {
    inner: S,
    state: web::Data<HttpState>,
    ids: RequestIdGenerator,
    observer: Observer,
}

/// What a request asks of its response beyond the content.
struct ResponsePreferences {
    method: Method,
    encoding: Option<ContentEncoding>,
    origin: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
}

/// A response and the route that produced it.
struct RoutedResponse {
    response: HttpResponse,
    route: Option<usize>,
}

impl From<HttpResponse> for RoutedResponse {
    fn from(response: HttpResponse) -> Self {
        Self {
            response,
            route: None,
        }
    }
}

impl<S> WorkerService<S>
where
    S: Service<Request, Response = RouterResponse, Error = actix_web::Error> + 'static,
{
    fn new(inner: S, state: web::Data<HttpState>) -> Self {
        Self {
            inner,
            ids: RequestIdGenerator::new(&state.env),
            observer: Observer::new(),
            state,
        }
    }

    async fn respond(&self, request: Request) -> HttpResponse {
        let started = self.state.env.monotonic();
        let in_flight = self.observer.begin();
        let connection = request.conn_data::<Arc<ConnectionState>>().cloned();
        connection.iter().for_each(|one| one.begin_request());
        let context = Rc::new(self.context(&request));
        let preferences = self.preferences(&request);
        let handled = self.handle(request, &context, &preferences);
        let statements = StatementCounter::default();
        let handled = statements.count(handled);
        let routed = self
            .state
            .store
            .with_request_deadline(started, handled)
            .await;
        let response = self.finish(routed.response, &context, &preferences);
        drop(in_flight);
        let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        connection.iter().for_each(|one| one.end_request(upgraded));
        self.observer.end(&RequestEnd {
            context: &context,
            table: &self.state.routes,
            route: routed.route,
            method: &preferences.method,
            status: response.status(),
            elapsed: self.state.env.monotonic().saturating_sub(started),
            statements: &statements,
        });
        response
    }

    async fn handle(
        &self,
        mut request: Request,
        context: &Rc<RequestContext>,
        preferences: &ResponsePreferences,
    ) -> RoutedResponse {
        match self.admit(&mut request, context, preferences).await {
            Ok(None) => self.pass(request, context).await,
            Ok(Some(response)) => response.into(),
            Err(error) => error_response(&error, context.request_id()).into(),
        }
    }

    fn context(&self, request: &Request) -> RequestContext {
        let peer = request.peer_addr().map(|peer| peer.ip());
        let trusted = &self.state.config.trusted_proxies;
        RequestContext {
            request_id: self.request_id(request),
            client: ClientAddress::find(peer, request.headers(), trusted),
            auth: RefCell::new(AuthState::Anonymous),
            decision: Cell::new(None),
            allow: RefCell::new(None),
        }
    }

    fn request_id(&self, request: &Request) -> RequestId {
        let given = request.headers().get(REQUEST_ID);
        self.ids
            .accept_or_generate(given.map(HeaderValue::as_bytes))
    }

    fn preferences(&self, request: &Request) -> ResponsePreferences {
        let head = request.head();
        ResponsePreferences {
            method: head.method.clone(),
            encoding: accept_encoding::preferred(&head.headers),
            origin: cors::origin(head, &self.state.config),
            if_none_match: head.headers.get(header::IF_NONE_MATCH).cloned(),
        }
    }

    /// Checks a request, rewrites its path and authenticates it; or responds at once.
    async fn admit(
        &self,
        request: &mut Request,
        context: &Rc<RequestContext>,
        preferences: &ResponsePreferences,
    ) -> Result<Option<HttpResponse>, AppError> {
        host::check(request.head(), &self.state.config)?;
        if !request.path().starts_with(path::SOCKETS) {
            check_encoding(request.uri())?;
        }
        path::canonicalise(request.uri_mut());
        if cors::is_preflight(request.head()) {
            let allowed = self.state.routes.allowed(request.path());
            return Ok(Some(cors::preflight(allowed, preferences.origin.as_ref())));
        }
        if request.method() == Method::HEAD {
            // The connection omits the body.
            request.head_mut().method = Method::GET;
        }
        if let Some(allowed) = self.refused_method(request) {
            context.allow.replace(HeaderValue::try_from(allowed).ok());
            return fallback::refuse_method(request.method()).map(Some);
        }
        if request.path().starts_with("/api/") {
            let auth = match bearer_token(request.headers()) {
                Ok(None) => AuthState::Anonymous,
                Ok(Some(token)) => self.authenticate(token).await,
                Err(HttpError::AmbiguousCredentials) => {
                    return Err(HttpError::AmbiguousCredentials.into());
                }
                Err(_) if is_other_scheme(request.headers()) => AuthState::OtherScheme,
                // A malformed header matters only to routes that require a user.
                Err(error) => AuthState::Invalid(error.into()),
            };
            if let AuthState::Authenticated(actor) = &auth
                && !request.method().is_safe()
            {
                self.state.activity.user_acted(actor.user);
            }
            context.auth.replace(auth);
        }
        request.extensions_mut().insert(Rc::clone(context));
        Ok(None)
    }

    /// The methods of the path if this one is not among them. The router would try the method with
    /// the next route that matches, which may take a fixed segment for a parameter.
    fn refused_method(&self, request: &Request) -> Option<String> {
        let routes = &self.state.routes;
        let methods = routes.methods(request.path())?;
        if methods.contains(request.method()) {
            return None;
        }
        routes.allowed(request.path())
    }

    /// An invalid token matters only to routes that require a user: clients log in with an expired
    /// token at hand.
    async fn authenticate(&self, token: &str) -> AuthState {
        match self.state.authenticator.authenticate(token).await {
            Ok(actor) => AuthState::Authenticated(actor),
            Err(error) => AuthState::Invalid(error),
        }
    }

    async fn pass(&self, request: Request, context: &RequestContext) -> RoutedResponse {
        let id = context.request_id();
        let handled = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        let request_id = Some(context.request_id.clone());
        match telemetry::in_request(request_id, handled).await {
            Ok(Ok(response)) => {
                let name = response.request().match_name();
                let route = name.and_then(|name| self.state.routes.index(name));
                let (_request, response) = response.into_parts();
                RoutedResponse {
                    response: in_envelope(response, id),
                    route,
                }
            }
            Ok(Err(error)) => in_envelope(HttpResponse::from_error(error), id).into(),
            Err(_panic) => error_response(&AppError::internal("a handler panicked"), id).into(),
        }
    }

    fn finish(
        &self,
        response: HttpResponse,
        context: &RequestContext,
        preferences: &ResponsePreferences,
    ) -> HttpResponse {
        let mut response = omit_unchanged(response, preferences);
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(context.request_id()) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(decision) = context.decision.get() {
            rate_limit::write_headers(&decision, headers);
        }
        if let Some(allow) = context.allow.take() {
            headers.insert(header::ALLOW, allow);
        }
        if headers.contains_key(header::ETAG) && !headers.contains_key(header::CACHE_CONTROL) {
            let private = HeaderValue::from_static("private, no-cache");
            headers.insert(header::CACHE_CONTROL, private);
        }
        cors::write(headers, &self.state.config, preferences.origin.clone());
        for (name, value) in &self.state.config.headers {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        if self.state.lifecycle.is_stopping() {
            // Clients then close their connections before the server does.
            response
                .head_mut()
                .set_connection_type(ConnectionType::Close);
        }
        compress::compress(response, preferences.encoding)
    }
}

/// Puts errors into the envelope, those of the framework included.
fn in_envelope(response: HttpResponse, request_id: &str) -> HttpResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    match response.error() {
        Some(error) => match error.as_error::<Failure>() {
            Some(failure) => error_response(failure.error(), request_id),
            None => error_response(&from_framework(status), request_id),
        },
        // A replayed error response has its envelope already.
        None if response.headers().contains_key(header::CONTENT_TYPE) => response,
        None => error_response(&from_framework(status), request_id),
    }
}

/// Omits a body that the client has already.
fn omit_unchanged(response: HttpResponse, preferences: &ResponsePreferences) -> HttpResponse {
    let (Some(known), Some(tag)) = (
        &preferences.if_none_match,
        response.headers().get(header::ETAG),
    ) else {
        return response;
    };
    let reads = [Method::GET, Method::HEAD].contains(&preferences.method);
    if !reads || response.status() != StatusCode::OK || !etag::matches(known, tag) {
        return response;
    }
    let mut unchanged = response.drop_body();
    *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
    unchanged.headers_mut().remove(header::CONTENT_TYPE);
    unchanged.headers_mut().remove(header::CONTENT_ENCODING);
    unchanged.map_into_boxed_body()
}
