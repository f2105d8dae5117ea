//! What the front door found out about a request, for those who answer it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest};
use cluster::RateDecision;
use kernel::{Actor, Fault};
use telemetry::RequestId;

use super::Visitor;
use crate::error::Error;

/// Who came, as far as their token told.
#[derive(Debug)]
pub enum Who {
    /// Nobody who says who they are.
    Nobody,
    /// Somebody who proved it.
    Known(Actor),
    /// Somebody whose token is not good.
    Refused(Fault),
}

/// What is known about a request from the start, and what its answer should tell at the end.
#[derive(Debug)]
pub struct Facts {
    /// The name of the request in answers and logs.
    pub request_id: RequestId,
    /// Where it came from.
    pub visitor: Visitor,
    /// Who sent it.
    pub who: RefCell<Who>,
    /// What is left of the limit that the route has.
    pub decision: Cell<Option<RateDecision>>,
    /// What the address takes, where it was asked for something else.
    pub allow: RefCell<Option<HeaderValue>>,
}

impl Facts {
    /// The id as text.
    #[must_use]
    pub fn request_id(&self) -> &str {
        self.request_id.as_str()
    }

    /// The facts of this request.
    ///
    /// # Errors
    /// The request did not come through the front door, which is a mistake of ours.
    pub fn of(request: &HttpRequest) -> Result<Rc<Self>, Fault> {
        let facts = request.extensions().get::<Rc<Self>>().cloned();
        facts.ok_or_else(|| Fault::internal("a request passed by the front door"))
    }

    /// Who it is, if anybody.
    ///
    /// # Errors
    /// Their token is not good.
    pub fn actor(&self) -> Result<Option<Actor>, Fault> {
        let mut who = self.who.borrow_mut();
        match &*who {
            Who::Nobody => Ok(None),
            Who::Known(actor) => Ok(Some(*actor)),
            // A fault is told once; who asks again after that hears the general one.
            Who::Refused(_) => match std::mem::replace(&mut *who, Who::Refused(again())) {
                Who::Refused(fault) => Err(fault),
                Who::Nobody | Who::Known(_) => Ok(None),
            },
        }
    }
}

fn again() -> Fault {
    Error::NotSignedIn.into()
}
