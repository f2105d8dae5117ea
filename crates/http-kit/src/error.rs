//! The error codes of the HTTP layer.

kernel::error_codes! {
    /// Why a request is refused before a service is called.
    pub enum HttpError {
        MalformedJson = "malformed_json", Malformed, "The body is not valid JSON.";
        MalformedRequest = "malformed_request", Malformed, "The request cannot be understood.";
        MalformedForm = "malformed_form", Malformed, "The form cannot be read, or has no file.";
        MalformedId = "malformed_id", Malformed, "An id in the address is not a UUID.";
        MalformedAddress = "malformed_address", Malformed, "The address is malformed. Percent-encode it as UTF-8 without NUL characters.";
        UnknownHost = "unknown_host", Malformed, "This server does not go by that name.";
        AmbiguousCredentials = "auth.ambiguous_credentials", Malformed, "The request carries two different credentials.";
        DuplicateCookie = "auth.duplicate_cookie", Malformed, "The request carries two refresh cookies. Delete the cookies of this site and sign in again.";
        MalformedCredentials = "auth.malformed_credentials", Malformed, "The Authorization header must read: Bearer TOKEN.";
        MalformedIdempotencyKey = "idempotency.malformed_key", Malformed, "An Idempotency-Key is 1 to 255 visible ASCII characters. A request has one at most.";
        NotSignedIn = "auth.not_signed_in", Unauthenticated, "Sign in first.";
        CrossOrigin = "auth.cross_origin", Forbidden, "A request that acts on a cookie must come from this site's own pages.";
        NotFound = "not_found", NotFound, "There is nothing here, or it is not yours to see.";
        MethodNotAllowed = "method_not_allowed", MethodNotAllowed, "This address does not take that method.";
        RequestTimeout = "request_timeout", TimedOut, "The request came too slowly. Send it again, or over a faster connection.";
        BodyTooLarge = "body_too_large", TooLarge, "The body has too many bytes.";
        HeadTooLarge = "head_too_large", HeadTooLarge, "The request line and headers are too long. Send fewer or shorter headers.";
        TooManyConnections = "too_many_connections", TooMany, "Your address has too many open connections. Close some, or use each for more requests.";
        UnsupportedMediaType = "unsupported_media_type", WrongType, "The body must be application/json.";
        UnsupportedContentEncoding = "unsupported_content_encoding", WrongType, "Send the body without a Content-Encoding.";
        NotReady = "not_ready", Unavailable, "The server is not ready.";
    }
}
