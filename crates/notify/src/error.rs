//! The catalogue of refusals of this crate.

kernel::error_codes! {
    /// Why notifications say no.
    pub enum Error {
        NotFound = "notify.not_found", NotFound, "There is no such notification of yours.";
        LinkInvalid = "notify.link_invalid", NotFound, "This link does not end any mail. Choose which mail you get in your settings.";
        MessageInvalid = "notify.message_invalid", Invalid, "The message is empty or holds control characters.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn each_code_is_its_own_and_belongs_here() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("notify.")));
    }
}
