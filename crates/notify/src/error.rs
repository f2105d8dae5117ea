//! The error codes of this crate.

kernel::error_codes! {
    /// Errors of notifications.
    pub enum Error {
        NotFound = "notify.not_found", NotFound, "Notification not found.";
        LinkInvalid = "notify.link_invalid", NotFound, "This unsubscribe link is not valid. Change your email preferences in your settings.";
        MessageInvalid = "notify.message_invalid", Invalid, "The message is empty or contains control characters.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_start_with_notify() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("notify.")));
    }
}
