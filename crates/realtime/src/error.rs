//! The error codes of this crate.

kernel::error_codes! {
    /// The errors of WebSocket handshakes.
    pub enum Error {
        NotAWebSocket = "not_a_websocket", Malformed, "Expected a WebSocket handshake.";
    }
}
