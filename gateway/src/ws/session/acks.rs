//! What a frame is answered: done, or why not.

use std::collections::BTreeMap;

use contract::chat::{Message, MessageId};
use contract::frames::{Ack, Problem};
use kernel::error::Common;
use kernel::{AppError, ErrorKind, Timestamp};
use telemetry::log_error;

use crate::ws::close::Close;
use crate::ws::connection::Connection;

/// What came of something a client wanted, as its acknowledgement says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// The message that was stored, and its place.
    pub message: Option<(MessageId, i64)>,
}

impl Done {
    /// A message was stored, or had been.
    pub fn stored(message: &Message) -> Self {
        Self {
            message: Some((message.id, message.seq)),
        }
    }
}

/// Why something a client wanted did not happen.
#[derive(Debug)]
pub enum Refused {
    /// The client is told, and the socket stays.
    Told(AppError),
    /// The socket is closed.
    Closed(Close),
}

impl From<Close> for Refused {
    fn from(close: Close) -> Self {
        Self::Closed(close)
    }
}

impl<E: Into<AppError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Told(error.into())
    }
}

impl Refused {
    /// How a socket is closed that may not begin or go on for this reason.
    pub(super) fn into_close(self) -> Close {
        match self {
            Self::Closed(close) => close,
            Self::Told(error) => close_for(&error),
        }
    }
}

fn close_for(error: &AppError) -> Close {
    let code = error.code();
    match code.kind {
        // Only an address names a person here: it is well formed, and not for this one.
        ErrorKind::Invalid if error.is(Common::Oneself.code()) => Close::forbidden(code.meaning),
        ErrorKind::Unauthenticated => Close::unauthenticated(),
        ErrorKind::NotFound => Close::not_found(code.meaning),
        ErrorKind::Gone => Close::gone(code.meaning),
        ErrorKind::TooMany => Close::too_many("try again later"),
        ErrorKind::Forbidden | ErrorKind::Conflict | ErrorKind::PreconditionFailed => {
            Close::forbidden(code.meaning)
        }
        ErrorKind::Malformed
        | ErrorKind::Invalid
        | ErrorKind::MethodNotAllowed
        | ErrorKind::TooLarge
        | ErrorKind::HeadTooLarge
        | ErrorKind::TimedOut
        | ErrorKind::WrongType => Close::bad_data(code.meaning),
        ErrorKind::Internal | ErrorKind::Unavailable => {
            log_error("socket closed", None, error);
            Close::overloaded()
        }
    }
}

pub(super) fn acknowledge(
    client: &Connection,
    now: Timestamp,
    cid: Option<&str>,
    Done { message }: Done,
) {
    let Some(cid) = cid else {
        return;
    };
    let (id, seq) = message.unzip();
    if let Err(error) = client.tell_data("ack", &Ack { cid, id, seq }, now) {
        tracing::error!(error = %error.chain(), "an acknowledgement cannot be written");
    }
}

pub(super) fn refuse(client: &Connection, now: Timestamp, cid: Option<&str>, error: &AppError) {
    let code = error.code();
    log_error("action refused", None, error);
    let mut fields = BTreeMap::<&str, Vec<&str>>::new();
    for at in error.fields() {
        fields.entry(&at.field).or_default().push(&at.problem);
    }
    let problem = Problem {
        cid,
        code: code.name,
        message: code.meaning,
        fields,
        retry_after: error.retry_after_secs(),
    };
    if let Err(error) = client.tell_data("error", &problem, now) {
        tracing::error!(error = %error.chain(), "a refusal cannot be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_refusal_has_its_close_code() {
        let code_of = |error: AppError| Refused::from(error).into_close().code;
        assert_eq!(code_of(chat::Error::NotFriends.into()), 4403);
        assert_eq!(code_of(Common::UserNotFound.into()), 4404);
        assert_eq!(code_of(chat::Error::LobbyNameInvalid.into()), 4400);
        assert_eq!(code_of(chat::Error::MessageDeleted.into()), 4410);
        assert_eq!(code_of(Common::Oneself.into()), 4403);
        assert_eq!(code_of(Common::TooManyRequests.into()), 4429);
        assert_eq!(code_of(http_kit::HttpError::NotSignedIn.into()), 4401);
        assert_eq!(code_of(Common::Overloaded.into()), 1013);
        assert_eq!(Refused::from(Close::done()).into_close().code, 1000);
    }
}
