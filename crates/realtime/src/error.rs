//! The error codes of this crate.

kernel::error_codes! {
    /// Why a request opens no socket.
    pub enum Error {
        NotAWebSocket = "not_a_websocket", Malformed, "This address takes WebSocket handshakes alone.";
    }
}
