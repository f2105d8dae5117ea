//! The outcome of an action.

use contract::frames::Ack;
use kernel::error::Common;
use kernel::{AppError, ErrorKind, Id};
use telemetry::log_error;
use uuid::Uuid;

use crate::close::Close;

/// A successful action, as its acknowledgement states it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    stored: Option<(Uuid, i64)>,
    is_deferred: bool,
}

impl Done {
    /// Something was stored, or had been by an earlier attempt.
    #[must_use]
    pub fn stored<K>(id: Id<K>, seq: i64) -> Self {
        Self {
            stored: Some((id.uuid(), seq)),
            is_deferred: false,
        }
    }

    /// The action goes on. The handler [answers](crate::answer) it later.
    #[must_use]
    pub fn deferred() -> Self {
        Self {
            stored: None,
            is_deferred: true,
        }
    }

    pub(crate) fn is_deferred(self) -> bool {
        self.is_deferred
    }

    /// The acknowledgement of the frame with this `cid`.
    pub(crate) fn ack(self, cid: &str) -> Ack<'_> {
        let (id, seq) = self.stored.unzip();
        Ack { cid, id, seq }
    }
}

/// A failed action.
#[derive(Debug)]
pub enum Refused {
    /// The client is sent the error, and the socket stays open.
    WithError(AppError),
    /// The socket is closed.
    WithClose(Close),
}

impl From<Close> for Refused {
    fn from(close: Close) -> Self {
        Self::WithClose(close)
    }
}

impl<E: Into<AppError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::WithError(error.into())
    }
}

impl Refused {
    /// The close code of a socket that cannot be opened or stay open for this reason.
    pub(crate) fn into_close(self) -> Close {
        match self {
            Self::WithClose(close) => close,
            Self::WithError(error) => close_of(&error),
        }
    }
}

fn close_of(error: &AppError) -> Close {
    let code = error.code();
    match code.kind {
        // Only a path names a user here: it is well formed, but not for this one.
        ErrorKind::Invalid if error.is(Common::Oneself.code()) => Close::forbidden(code.meaning),
        ErrorKind::Unauthenticated => Close::unauthenticated(),
        ErrorKind::NotFound => Close::not_found(code.meaning),
        ErrorKind::Gone => Close::gone(code.meaning),
        ErrorKind::TooMany => Close::too_many("try again later"),
        ErrorKind::Forbidden | ErrorKind::Conflict | ErrorKind::PreconditionFailed => {
            Close::forbidden(with_wait(error))
        }
        ErrorKind::Malformed
        | ErrorKind::Invalid
        | ErrorKind::MethodNotAllowed
        | ErrorKind::TooLarge
        | ErrorKind::HeadTooLarge
        | ErrorKind::TimedOut
        | ErrorKind::WrongType => bad_data(error),
        ErrorKind::Internal | ErrorKind::Unavailable => {
            log_error("socket closed", None, error);
            Close::overloaded()
        }
    }
}

/// Names the fields, if some are invalid.
fn bad_data(error: &AppError) -> Close {
    match error.fields() {
        [] => Close::bad_data(error.code().meaning),
        fields => Close::bad_data_of(
            fields
                .iter()
                .map(|field| format!("{}: {}", field.field, field.problem)),
        ),
    }
}

/// The meaning of the error, and when it ends.
fn with_wait(error: &AppError) -> String {
    let meaning = error.code().meaning;
    match error.retry_delay() {
        Some(wait) => format!("{meaning} Again in {} s.", wait.as_secs()),
        None => meaning.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    kernel::error_codes! {
        /// Codes of a domain.
        pub enum Error {
            NotFriends = "test.not_friends", Forbidden, "They are not friends.";
            NameInvalid = "test.name_invalid", Invalid, "This is no name.";
            Deleted = "test.deleted", Gone, "It was deleted.";
            NotSignedIn = "test.not_signed_in", Unauthenticated, "Sign in first.";
        }
    }

    #[test]
    fn reason_names_fields_and_when_to_come_again() {
        let reason_of = |error: AppError| Refused::from(error).into_close().reason;
        let invalid = Error::NameInvalid.on_field("options.name");
        let field = &invalid.fields()[0];
        let expected = format!("BAD_DATA: options.name: {}", field.problem);
        assert_eq!(reason_of(invalid), expected);
        let barred = Error::NotFriends.retry_after(std::time::Duration::from_secs(90));
        let expected = "FORBIDDEN: They are not friends. Again in 90 s.";
        assert_eq!(reason_of(barred), expected);
    }

    #[test]
    fn close_code_follows_from_the_kind_of_error() {
        let code_of = |error: AppError| Refused::from(error).into_close().code;
        assert_eq!(code_of(Error::NotFriends.into()), 4403);
        assert_eq!(code_of(Common::UserNotFound.into()), 4404);
        assert_eq!(code_of(Error::NameInvalid.into()), 4400);
        assert_eq!(code_of(Error::Deleted.into()), 4410);
        assert_eq!(code_of(Common::Oneself.into()), 4403);
        assert_eq!(code_of(Common::TooManyRequests.into()), 4429);
        assert_eq!(code_of(Error::NotSignedIn.into()), 4401);
        assert_eq!(code_of(Common::Overloaded.into()), 1013);
        assert_eq!(Refused::from(Close::done()).into_close().code, 1000);
    }
}
