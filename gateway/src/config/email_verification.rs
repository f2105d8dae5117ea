//! Whether email addresses must be verified.

/// Whether users must verify their email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailVerification {
    /// Before they can send messages, requests and invites.
    Required,
    /// Never.
    Optional,
}
