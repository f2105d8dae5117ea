//! What the middleware knows about a request, for extractors and handlers.

use std::cell::{Cell, RefCell};
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use cluster::RateDecision;
use kernel::{Actor, AppError};
use telemetry::RequestId;

use crate::client_address::ClientAddress;
use crate::error::HttpError;
use crate::failure::Failure;

/// The result of authentication.
#[derive(Debug)]
pub enum AuthState {
    /// No credential.
    Anonymous,
    /// A valid token.
    Authenticated(Actor),
    /// An `Authorization` header of another scheme.
    OtherScheme,
    /// An invalid token.
    Invalid(AppError),
}

/// What is known about a request, and what its response should contain.
#[derive(Debug)]
pub struct RequestContext {
    /// The id of the request in responses and logs.
    pub request_id: RequestId,
    /// The address of the client.
    pub client: ClientAddress,
    /// The result of authentication.
    pub auth: RefCell<AuthState>,
    /// The state of the rate limit that the response reports.
    pub decision: Cell<Option<RateDecision>>,
    /// The `Allow` header, if the path does not accept the method.
    pub allow: RefCell<Option<HeaderValue>>,
}

impl RequestContext {
    /// The id of the request as text.
    #[must_use]
    pub fn request_id(&self) -> &str {
        self.request_id.as_str()
    }

    /// The context of a request.
    ///
    /// # Errors
    /// Internal, if the request did not pass the middleware.
    pub fn of(request: &HttpRequest) -> Result<Rc<Self>, AppError> {
        let context = request.extensions().get::<Rc<Self>>().cloned();
        context.ok_or_else(|| AppError::internal("a request did not pass the middleware"))
    }

    /// The authenticated user, if any.
    ///
    /// # Errors
    /// The token is invalid.
    pub fn actor(&self) -> Result<Option<Actor>, AppError> {
        let mut auth = self.auth.borrow_mut();
        match &*auth {
            AuthState::Anonymous => Ok(None),
            AuthState::Authenticated(actor) => Ok(Some(*actor)),
            AuthState::OtherScheme => Err(HttpError::MalformedCredentials.into()),
            // The error cannot be cloned: the second caller gets a general one.
            AuthState::Invalid(_) => {
                match std::mem::replace(&mut *auth, AuthState::Invalid(unauthenticated())) {
                    AuthState::Invalid(error) => Err(error),
                    AuthState::Anonymous | AuthState::Authenticated(_) | AuthState::OtherScheme => {
                        Ok(None)
                    }
                }
            }
        }
    }

    /// The authenticated user, if any, for public routes.
    ///
    /// # Errors
    /// The token is invalid.
    pub fn optional_actor(&self) -> Result<Option<Actor>, AppError> {
        if matches!(*self.auth.borrow(), AuthState::OtherScheme) {
            return Ok(None);
        }
        self.actor()
    }
}

fn unauthenticated() -> AppError {
    HttpError::NotSignedIn.into()
}

impl FromRequest for ClientAddress {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let context = RequestContext::of(request);
        ready(context.map(|context| context.client).map_err(Failure::from))
    }
}
