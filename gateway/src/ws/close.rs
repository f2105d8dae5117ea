//! Why a socket is closed, as the client is told.

/// A close code and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The code on the wire.
    pub code: u16,
    /// Why, at most 123 bytes.
    pub reason: String,
}

/// The code for who has no good credentials, or no longer.
pub const UNAUTHENTICATED: u16 = 4401;

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

    /// Done, or the other side has said good-bye.
    #[must_use]
    pub fn done() -> Self {
        Self::new(1000, "")
    }

    /// What came is no WebSocket frame.
    #[must_use]
    pub fn protocol_error() -> Self {
        Self::new(1002, "PROTOCOL_ERROR: not a WebSocket frame")
    }

    /// A text is not UTF-8.
    #[must_use]
    pub fn not_text() -> Self {
        Self::new(1007, "NOT_UTF_8: texts must be UTF-8")
    }

    /// A frame was larger than we take.
    #[must_use]
    pub fn frame_too_big() -> Self {
        Self::new(1009, "FRAME_TOO_BIG: 64 KiB at most")
    }

    /// This node is going away; another is there, or this one soon again.
    #[must_use]
    pub fn restarting() -> Self {
        Self::new(
            1012,
            "RESTARTING: come back after a random moment and resume",
        )
    }

    /// This node has as many sockets as it can serve.
    #[must_use]
    pub fn overloaded() -> Self {
        Self::new(1013, "OVERLOADED: come back after a random moment")
    }

    /// What the client sent is not understood; `why` names the field.
    #[must_use]
    pub fn bad_data(why: impl std::fmt::Display) -> Self {
        Self::new(4400, format!("BAD_DATA: {why}"))
    }

    /// Several things that the client sent are not understood: as many are named as there is room for.
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

    /// The client asks for something that this socket does not know.
    #[must_use]
    pub fn unknown_action(name: &str) -> Self {
        // What a client made up is repeated only in part.
        let part = name.chars().filter(char::is_ascii_graphic).take(32);
        Self::bad_data(format!("action: {} is unknown", part.collect::<String>()))
    }

    /// No credentials, bad ones, or ones that have ended.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            UNAUTHENTICATED,
            "UNAUTHENTICATED: sign in, or refresh the token, once",
        )
    }

    /// Not theirs.
    #[must_use]
    pub fn forbidden(why: impl std::fmt::Display) -> Self {
        Self::new(4403, format!("FORBIDDEN: {why}"))
    }

    /// No such room, or none that is theirs to see.
    #[must_use]
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(4404, format!("NOT_FOUND: {what}"))
    }

    /// It was there and is over.
    #[must_use]
    pub fn gone(what: impl std::fmt::Display) -> Self {
        Self::new(4410, format!("GONE: {what}"))
    }

    /// The client did not read, or did not answer pings.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::new(4408, "TOO_SLOW: messages were not read in time; resume")
    }

    /// Too many frames, or too many sockets.
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
