//! What an e-mail address may be.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The longest address that mail servers carry.
pub const MAX: usize = 254;
const LOCAL_MAX: usize = 64;
/// What may stand in the local part beside letters and digits. Quotes, spaces and comments are
/// allowed by the standard and used by nobody but attackers.
const LOCAL_MARKS: &str = ".!#$%&'*+/=?^_`{|}~-";

/// An address that mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    local: String,
    /// In ASCII, with international names in their `xn--` form.
    domain: String,
}

impl Email {
    /// Reads an address as it was typed.
    ///
    /// # Errors
    /// Refuses what is not an address, or one of a kind that we do not write to.
    pub fn parse(typed: &str) -> Result<Self, Error> {
        if typed.len() > MAX {
            return Err(Error::EmailInvalid);
        }
        let (local, domain) = typed.trim().rsplit_once('@').ok_or(Error::EmailInvalid)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| Error::EmailInvalid)?;
        let fits = local.len() + 1 + domain.len() <= MAX;
        if !(fits && is_local(local) && is_domain(&domain)) {
            return Err(Error::EmailInvalid);
        }
        let local = local.to_owned();
        Ok(Self { local, domain })
    }

    /// The address to write to.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// What makes it unique: the address in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.address().to_ascii_lowercase()
    }

    /// What a stranger would try first as a password: the local part, the domain, and each name
    /// in it but the last.
    #[must_use]
    pub fn personal_words(&self) -> Vec<String> {
        let names = self.domain.rsplit('.').skip(1).map(str::to_owned);
        [self.local.clone(), self.domain.clone()]
            .into_iter()
            .chain(names)
            .collect()
    }

    /// The address for eyes that need not know it: `a***@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first: String = self.local.chars().take(1).collect();
        format!("{first}***@{}", self.domain)
    }
}

impl TryFrom<String> for Email {
    type Error = kernel::Fault;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self::parse(&text)?)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.address()
    }
}

/// The key to look an address up by, where it is one.
#[must_use]
pub fn lookup_key(typed: &str) -> Option<String> {
    Email::parse(typed).ok().map(|email| email.key())
}

fn is_local(local: &str) -> bool {
    let fits = (1..=LOCAL_MAX).contains(&local.len());
    let dots = !(local.starts_with('.') || local.ends_with('.') || local.contains(".."));
    let known = |c: char| c.is_ascii_alphanumeric() || LOCAL_MARKS.contains(c);
    fits && dots && local.chars().all(known)
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let top = labels.last().copied().unwrap_or_default();
    let by_name = !top.bytes().all(|b| b.is_ascii_digit());
    labels.len() >= 2 && by_name && labels.into_iter().all(is_label)
}

fn is_label(label: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let dashes = !(label.starts_with('-') || label.ends_with('-'));
    (1..=63).contains(&label.len()) && dashes && label.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_addresses_as_people_have_them() {
        for (typed, key) in [
            ("ada@example.org", "ada@example.org"),
            ("Ada.L+court@Example.ORG", "ada.l+court@example.org"),
            (" ada@example.org ", "ada@example.org"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("o'neill@sub.example.co", "o'neill@sub.example.co"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().key(), key);
        }
    }

    #[test]
    fn refuses_the_rest() {
        let long = format!("{}@example.org", "x".repeat(65));
        let longer = format!("a@{}.org", "x.".repeat(130));
        for typed in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "a b@example.org",
            ".a@example.org",
            "a.@example.org",
            "a..b@example.org",
            "\"a\"@example.org",
            "a@example..org",
            "a@-example.org",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@example.org\r\nBcc: b@example.org",
            "a\r\n@example.org",
            "a@exa mple.org",
            "ä@example.org",
            "a,b@example.org",
            "<a@example.org>",
            &long,
            &longer,
        ] {
            assert_eq!(Email::parse(typed), Err(Error::EmailInvalid), "{typed:?}");
        }
    }

    #[test]
    fn personal_words_are_the_local_part_and_the_domain() {
        let email = Email::parse("ada.l@mail.Lovelace.example").unwrap();
        assert_eq!(
            email.personal_words(),
            ["ada.l", "mail.lovelace.example", "lovelace", "mail"]
        );
    }

    #[test]
    fn hides_most_of_itself() {
        assert_eq!(
            Email::parse("ada@example.org").unwrap().masked(),
            "a***@example.org"
        );
    }

    proptest! {
        #[test]
        fn the_mailer_takes_every_address_that_we_take(
            typed in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9äß-]{1,12}\\.[a-z-]{2,6}"
        ) {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert!(email.address().parse::<lettre::Address>().is_ok());
                prop_assert_eq!(Email::parse(&email.address()), Ok(email));
            }
        }

        #[test]
        fn nothing_typed_breaks_a_header(typed in "\\PC{0,30}@\\PC{0,30}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert!(email.address().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
