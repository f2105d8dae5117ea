//! The error codes of the HTTP layer.

kernel::error_codes! {
    /// Why a request is refused before a service is called.
    pub enum HttpError {
        MalformedJson = "malformed_json", Malformed, "The body is not valid JSON.";
        MalformedRequest = "malformed_request", Malformed, "The request is malformed.";
        MalformedForm = "malformed_form", Malformed, "The form is malformed or has no file.";
        MalformedId = "malformed_id", Malformed, "An id in the path is malformed.";
        MalformedAddress = "malformed_address", Malformed, "The address is malformed. Percent-encode it as UTF-8 without NUL characters.";
        UnknownHost = "unknown_host", Malformed, "Unknown host name.";
        AmbiguousCredentials = "auth.ambiguous_credentials", Malformed, "The request contains different credentials.";
        DuplicateCookie = "auth.duplicate_cookie", Malformed, "The request contains two refresh cookies. Delete the cookies of this site and log in again.";
        MalformedCredentials = "auth.malformed_credentials", Malformed, "The Authorization header must have the form `Bearer TOKEN`.";
        MalformedIdempotencyKey = "idempotency.malformed_key", Malformed, "A request can have one Idempotency-Key, of 1 to 255 visible ASCII characters.";
        NotSignedIn = "auth.not_signed_in", Unauthenticated, "Authentication required. Log in first.";
        CrossOrigin = "auth.cross_origin", Forbidden, "Requests that use cookies must come from the pages of this site.";
        NotFound = "not_found", NotFound, "Not found.";
        MethodNotAllowed = "method_not_allowed", MethodNotAllowed, "Method not allowed.";
        RequestTimeout = "request_timeout", TimedOut, "The request was not received in time. Send it again.";
        BodyTooLarge = "body_too_large", TooLarge, "The body is too large.";
        HeadTooLarge = "head_too_large", HeadTooLarge, "The request line and headers are too long. Send fewer or shorter headers.";
        TooManyConnections = "too_many_connections", TooMany, "Too many open connections from your address. Close some, or reuse them for several requests.";
        UnsupportedMediaType = "unsupported_media_type", WrongType, "The body must be application/json.";
        UnsupportedContentEncoding = "unsupported_content_encoding", WrongType, "Send the body without a Content-Encoding.";
        NotReady = "not_ready", Unavailable, "The server is not ready.";
    }
}
