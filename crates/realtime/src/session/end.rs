//! How a socket ends.

use crate::close;
use crate::ports::Departure;

/// How a socket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The client closed it.
    ByClient,
    /// The server closed it.
    ByServer,
    /// The connection was lost or fell silent.
    Lost,
}

impl End {
    /// How the user left, as far as the end of the socket and its close code tell. A client that
    /// closes its socket may do so because its user has signed out, or not.
    pub(crate) fn departure(self, code: Option<u16>) -> Option<Departure> {
        match self {
            Self::ByClient => None,
            Self::ByServer if code == Some(close::UNAUTHENTICATED) => Some(Departure::SignedOut),
            Self::ByServer | Self::Lost => Some(Departure::Lost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close::Close;

    #[test]
    fn departure_is_open_only_if_the_client_closed() {
        let code = |close: Close| Some(close.code);
        for (end, code, departure) in [
            (
                End::ByServer,
                code(Close::unauthenticated()),
                Some(Departure::SignedOut),
            ),
            (
                End::ByServer,
                code(Close::restarting()),
                Some(Departure::Lost),
            ),
            (
                End::ByServer,
                code(Close::bad_data("x")),
                Some(Departure::Lost),
            ),
            (End::Lost, None, Some(Departure::Lost)),
            (End::ByClient, code(Close::done()), None),
        ] {
            assert_eq!(end.departure(code), departure, "{end:?} {code:?}");
        }
    }
}
