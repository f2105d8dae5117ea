//! What the front door found out about a request, for those who answer it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest};
use cluster::RateDecision;
use kernel::{Actor, AppError};
use telemetry::RequestId;

use super::Visitor;
use crate::error::Error;

/// Who came, as far as their token told.
#[derive(Debug)]
pub enum AuthState {
    /// Nobody who says who they are.
    Nobody,
    /// Somebody who proved it.
    Known(Actor),
    /// Somebody who says it in a way that is not ours.
    OtherScheme,
    /// Somebody whose token is not good.
    Refused(AppError),
}

/// What is known about a request from the start, and what its answer should tell at the end.
#[derive(Debug)]
pub struct RequestContext {
    /// The name of the request in answers and logs.
    pub request_id: RequestId,
    /// Where it came from.
    pub visitor: Visitor,
    /// Who sent it.
    pub who: RefCell<AuthState>,
    /// What is left of the limit that the route has.
    pub decision: Cell<Option<RateDecision>>,
    /// What the address takes, where it was asked for something else.
    pub allow: RefCell<Option<HeaderValue>>,
}

impl RequestContext {
    /// The id as text.
    #[must_use]
    pub fn request_id(&self) -> &str {
        self.request_id.as_str()
    }

    /// The facts of this request.
    ///
    /// # Errors
    /// The request did not come through the front door, which is a mistake of ours.
    pub fn of(request: &HttpRequest) -> Result<Rc<Self>, AppError> {
        let facts = request.extensions().get::<Rc<Self>>().cloned();
        facts.ok_or_else(|| AppError::internal("a request passed by the front door"))
    }

    /// Who it is, if anybody.
    ///
    /// # Errors
    /// Their token is not good.
    pub fn actor(&self) -> Result<Option<Actor>, AppError> {
        let mut who = self.who.borrow_mut();
        match &*who {
            AuthState::Nobody => Ok(None),
            AuthState::Known(actor) => Ok(Some(*actor)),
            AuthState::OtherScheme => Err(Error::MalformedCredentials.into()),
            // A fault is told once; who asks again after that hears the general one.
            AuthState::Refused(_) => {
                match std::mem::replace(&mut *who, AuthState::Refused(again())) {
                    AuthState::Refused(error) => Err(error),
                    AuthState::Nobody | AuthState::Known(_) | AuthState::OtherScheme => Ok(None),
                }
            }
        }
    }

    /// Who it is, if anybody, for routes that everybody may call.
    ///
    /// # Errors
    /// Their token is not good.
    pub fn optional_actor(&self) -> Result<Option<Actor>, AppError> {
        if matches!(*self.who.borrow(), AuthState::OtherScheme) {
            return Ok(None);
        }
        self.actor()
    }
}

fn again() -> AppError {
    Error::NotSignedIn.into()
}
