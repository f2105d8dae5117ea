//! E-mail addresses.

use serde::{Deserialize, Serialize};

/// Longest address that SMTP can carry.
const MAX_LEN: usize = 254;
const MAX_LOCAL_LEN: usize = 64;
/// Marks allowed in the local part. Quotes, spaces and comments, which the standard allows, are
/// used in practice by attackers only.
const LOCAL_MARKS: &str = ".!#$%&'*+/=?^_`{|}~-";

/// The text is not a supported e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a supported e-mail address")]
pub struct InvalidEmail;

/// An e-mail address that mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    local: String,
    /// In ASCII; international names are in Punycode.
    domain: String,
}

impl Email {
    /// Parses an address.
    ///
    /// # Errors
    /// The address is malformed or of an unsupported kind.
    pub fn parse(typed: &str) -> Result<Self, InvalidEmail> {
        if typed.len() > MAX_LEN {
            return Err(InvalidEmail);
        }
        let (local, domain) = typed.trim().rsplit_once('@').ok_or(InvalidEmail)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmail)?;
        let fits = local.len() + 1 + domain.len() <= MAX_LEN;
        if !(fits && is_local(local) && is_domain(&domain)) {
            return Err(InvalidEmail);
        }
        let local = local.to_owned();
        Ok(Self { local, domain })
    }

    /// The address as text.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// The key of uniqueness: the address in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.address().to_ascii_lowercase()
    }

    /// Parts that a password must not consist of: the local part, the domain and each of its labels
    /// but the last.
    #[must_use]
    pub fn personal_words(&self) -> Vec<String> {
        let names = self.domain.rsplit('.').skip(1).map(str::to_owned);
        [self.local.clone(), self.domain.clone()]
            .into_iter()
            .chain(names)
            .collect()
    }

    /// The address with most of the local part hidden: `a***@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first: String = self.local.chars().take(1).collect();
        format!("{first}***@{}", self.domain)
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.address()
    }
}

fn is_local(local: &str) -> bool {
    let fits = (1..=MAX_LOCAL_LEN).contains(&local.len());
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
    fn parse_accepts_common_addresses() {
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
    fn parse_rejects_malformed_addresses() {
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
            assert_eq!(Email::parse(typed), Err(InvalidEmail), "{typed:?}");
        }
    }

    #[test]
    fn personal_words_returns_local_part_and_domain_labels() {
        let email = Email::parse("ada.l@mail.Lovelace.example").unwrap();
        assert_eq!(
            email.personal_words(),
            ["ada.l", "mail.lovelace.example", "lovelace", "mail"]
        );
    }

    #[test]
    fn masked_hides_local_part() {
        assert_eq!(
            Email::parse("ada@example.org").unwrap().masked(),
            "a***@example.org"
        );
    }

    proptest! {
        #[test]
        fn parsed_addresses_are_accepted_by_lettre(
            typed in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9äß-]{1,12}\\.[a-z-]{2,6}"
        ) {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert!(email.address().parse::<lettre::Address>().is_ok());
                prop_assert_eq!(Email::parse(&email.address()), Ok(email));
            }
        }

        #[test]
        fn parsed_addresses_are_printable_ascii(typed in "\\PC{0,30}@\\PC{0,30}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert!(email.address().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
