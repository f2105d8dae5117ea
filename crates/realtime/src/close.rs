//! Close codes and reasons.

/// A close code and a reason for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The code on the wire.
    pub code: u16,
    /// The reason, at most 123 bytes.
    pub reason: String,
}

/// The code for credentials that are missing, invalid or no longer valid.
pub(crate) const UNAUTHENTICATED: u16 = 4401;

/// The longest reason that fits into a close frame.
const MAX_REASON_LEN: usize = 123;

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        while reason.len() > MAX_REASON_LEN {
            reason.pop();
        }
        Self { code, reason }
    }

    /// The normal end.
    #[must_use]
    pub fn done() -> Self {
        Self::new(1000, "")
    }

    /// The client sent something that is no WebSocket frame.
    #[must_use]
    pub fn protocol_error() -> Self {
        Self::new(1002, "PROTOCOL_ERROR: not a WebSocket frame")
    }

    /// The client sent text that is not UTF-8.
    #[must_use]
    pub fn not_text() -> Self {
        Self::new(1007, "NOT_UTF_8: text must be UTF-8")
    }

    /// The client sent a message larger than allowed.
    #[must_use]
    pub fn frame_too_big() -> Self {
        Self::new(1009, "FRAME_TOO_BIG: 64 KiB at most")
    }

    /// The node stops, or the client must reconnect to get a consistent state.
    #[must_use]
    pub fn restarting() -> Self {
        Self::new(
            1012,
            "RESTARTING: reconnect after a random delay and resume",
        )
    }

    /// The node can serve no more, or its database is unavailable.
    #[must_use]
    pub fn overloaded() -> Self {
        Self::new(1013, "OVERLOADED: reconnect after a random delay")
    }

    /// The client sent an invalid frame; `why` names the field.
    #[must_use]
    pub fn bad_data(why: impl std::fmt::Display) -> Self {
        Self::new(4400, format!("BAD_DATA: {why}"))
    }

    /// The client sent a frame with several problems; the reason names as many as fit.
    #[must_use]
    pub fn bad_data_of(problems: impl IntoIterator<Item = String>) -> Self {
        let mut problems = problems.into_iter();
        let mut close = Self::bad_data(problems.next().unwrap_or_default());
        for problem in problems {
            let more = format!("{}; {problem}", close.reason);
            if more.len() <= MAX_REASON_LEN {
                close.reason = more;
            }
        }
        close
    }

    /// The client sent an action that this path does not have.
    #[must_use]
    pub fn unknown_action(name: &str) -> Self {
        // The name is arbitrary input: only a printable part is repeated.
        let part = name.chars().filter(char::is_ascii_graphic).take(32);
        Self::bad_data(format!("action: {} is unknown", part.collect::<String>()))
    }

    /// No valid credentials, or the session has ended.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            UNAUTHENTICATED,
            "UNAUTHENTICATED: log in, or refresh the token once",
        )
    }

    /// The user may not do that.
    #[must_use]
    pub fn forbidden(why: impl std::fmt::Display) -> Self {
        Self::new(4403, format!("FORBIDDEN: {why}"))
    }

    /// It does not exist, or the user may not see it.
    #[must_use]
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(4404, format!("NOT_FOUND: {what}"))
    }

    /// The same user has taken the seat from another socket.
    #[must_use]
    pub fn replaced() -> Self {
        Self::new(4409, "REPLACED: the seat was taken from another tab")
    }

    /// It existed and has ended.
    #[must_use]
    pub fn gone(what: impl std::fmt::Display) -> Self {
        Self::new(4410, format!("GONE: {what}"))
    }

    /// The client read too slowly or did not answer pings.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::new(
            4408,
            "TOO_SLOW: frames were not read in time, reconnect and resume",
        )
    }

    /// Too many frames or too many sockets.
    #[must_use]
    pub fn too_many(why: impl std::fmt::Display) -> Self {
        Self::new(4429, format!("TOO_MANY: {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_its_frame_and_stays_text() {
        let close = Close::bad_data("ü".repeat(200));
        assert!(close.reason.len() <= 123);
        assert!(close.reason.starts_with("BAD_DATA: ü"));
    }
}
