//! The password policy.

use kernel::{AppError, Secret};
use zxcvbn::Score;

use super::folding::{caseless, normalize};
use crate::error::Error;
use crate::forms::NewPassword;

/// The minimum number of characters.
pub const MIN_LEN: usize = 8;
/// The maximum number of characters.
pub const MAX_LEN: usize = 128;
/// How many characters of a password are examined for its strength, because the cost of zxcvbn
/// grows faster than the length.
const MAX_CHECKED_LEN: usize = 48;
/// Symbols that zxcvbn reads as letters, as in `p@$$word`. It tries all readings of all of them,
/// which takes half a second for a password of nothing else.
const LETTER_SYMBOLS: &str = "@({[<!|$+&#%";
/// How many different symbols are read as letters: more than any word contains.
const MAX_LETTER_SYMBOLS: usize = 3;
/// Shorter personal words occur in many passwords by chance.
const MIN_PERSONAL_LEN: usize = 4;
/// The minimum length of what remains of a password without personal words.
const MIN_REST_LEN: usize = 6;

/// The name of the service counts as personal for everybody.
const SERVICE_NAME: &str = "courtside";

/// A valid new password in the form that is hashed.
#[derive(Debug, Clone)]
pub struct Password(Secret);

impl Password {
    /// Checks a new password. CPU-intensive.
    ///
    /// `personal` are words that a stranger would try first, beside the name of the service: the
    /// username and the parts of the email address.
    ///
    /// # Errors
    /// `auth.password_length`, `auth.password_personal`, `auth.password_weak`.
    pub fn new(input: &Secret, personal: &[&str]) -> Result<Self, Error> {
        let text = hashed_form(input).ok_or(Error::PasswordLength)?;
        if text.expose().chars().count() < MIN_LEN {
            return Err(Error::PasswordLength);
        }
        let personal = [&[SERVICE_NAME], personal].concat();
        if is_personal(text.expose(), &personal) {
            return Err(Error::PasswordPersonal);
        }
        let strength = zxcvbn::zxcvbn(&checked_form(text.expose()), &personal);
        (strength.score() >= Score::Three)
            .then_some(Self(text))
            .ok_or(Error::PasswordWeak)
    }

    /// Checks a new password and its confirmation.
    ///
    /// # Errors
    /// Those of [`new`](Self::new) and `auth.password_mismatch`; none if the password could
    /// not be parsed.
    pub fn new_confirmed(wanted: NewPassword<'_>, personal: &[&str]) -> Result<Self, Vec<Error>> {
        let checked = wanted.password.map(|input| Self::new(input, personal));
        let differs = wanted.differs().then_some(Error::PasswordMismatch);
        match (checked, differs) {
            (Some(Ok(password)), None) => Ok(password),
            (checked, differs) => {
                let error = checked.and_then(Result::err);
                Err(error.into_iter().chain(differs).collect())
            }
        }
    }

    /// The text that is hashed.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// The errors of a new password with their fields.
pub fn at_fields(errors: Vec<Error>) -> impl Iterator<Item = AppError> {
    errors.into_iter().map(|error| match error {
        Error::PasswordMismatch => error.on_field("password_confirm"),
        _ => error.on_field("password"),
    })
}

/// The form of a password that is hashed and compared: keyboards may encode the same letter
/// differently. None if it is too long.
#[must_use]
pub fn hashed_form(input: &Secret) -> Option<Secret> {
    if input.expose().chars().nth(MAX_LEN).is_some() {
        return None;
    }
    Some(Secret::new(normalize(input.expose())))
}

/// The beginning of a password, in which all but a few symbols that stand for letters are replaced.
fn checked_form(password: &str) -> String {
    let mut seen = String::new();
    let mut plain = |c: char| {
        if !LETTER_SYMBOLS.contains(c) || seen.contains(c) {
            return c;
        }
        if seen.len() == MAX_LETTER_SYMBOLS {
            return '~';
        }
        seen.push(c);
        c
    };
    password
        .chars()
        .take(MAX_CHECKED_LEN)
        .map(&mut plain)
        .collect()
}

fn is_personal(password: &str, personal: &[&str]) -> bool {
    let folded = caseless(password);
    let bare = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let rest = personal
        .iter()
        .flat_map(|text| [caseless(text), bare(&caseless(text))])
        .filter(|text| text.chars().count() >= MIN_PERSONAL_LEN)
        .fold(folded.clone(), |rest, name| {
            rest.replace(&name, "").replace(&reversed(&name), "")
        });
    rest.len() < folded.len() && rest.chars().count() < MIN_REST_LEN
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn new(text: &str) -> Result<(), Error> {
        Password::new(&Secret::new(text), &["ada_lovelace", "countess"]).map(|_| ())
    }

    #[test]
    fn new_accepts_strong_passwords() {
        for text in [
            "violet-comet-harbour-19",
            "amber-lantern-orbit-27",
            "xK9$mQ2vT",
            "наш корт у старой липы",
            &"correct horse battery staple ".repeat(4),
        ] {
            assert_eq!(new(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn new_checks_the_length() {
        assert_eq!(new("xK9$mQ2"), Err(Error::PasswordLength));
        assert_eq!(new(&"xK9$mQ2v".repeat(16)), Ok(()));
        assert_eq!(
            new(&format!("{}x", "xK9$mQ2v".repeat(16))),
            Err(Error::PasswordLength)
        );
        assert_eq!(new(&"a".repeat(1_000_000)), Err(Error::PasswordLength));
    }

    #[test]
    fn new_refuses_weak_passwords() {
        for text in [
            "password",
            "12345678",
            "qwertyuiop",
            "aaaaaaaaaaaaaaaa",
            "P@ssw0rd1",
            "iloveyou2",
        ] {
            assert_eq!(new(text), Err(Error::PasswordWeak), "{text}");
        }
    }

    #[test]
    fn new_refuses_personal_passwords() {
        for text in [
            "ada_lovelace",
            "Ada_Lovelace99",
            "AdaLovelace!",
            "ecalevol_ada1",
            "countess-42",
            "countesscountess",
            "Courtside2026!",
            "courtside-ada_lovelace",
        ] {
            assert_eq!(new(text), Err(Error::PasswordPersonal), "{text}");
        }
        assert_eq!(new("ada-and-the-violet-comet"), Ok(()));
    }

    #[test]
    fn checked_form_limits_letter_symbols() {
        assert_eq!(checked_form("p@$$w0rd!"), "p@$$w0rd!");
        assert_eq!(checked_form("@({@[$"), "@({@~~");
        assert_eq!(checked_form(&"x".repeat(MAX_LEN)).len(), MAX_CHECKED_LEN);
    }

    #[test]
    fn hashed_form_is_normalized() {
        let form = |text: &str| hashed_form(&Secret::new(text));
        assert_eq!(form("cafe\u{301} au lait"), form("café au lait"));
        assert_eq!(form(&"x".repeat(129)), None);
    }

    #[test]
    fn new_confirmed_requires_the_same_password() {
        let twice = |input: Option<&str>, confirmation: Option<&str>| {
            let (input, confirmation) = (input.map(Secret::new), confirmation.map(Secret::new));
            let (password, confirmation) = (input.as_ref(), confirmation.as_ref());
            let checked = Password::new_confirmed(
                NewPassword {
                    password,
                    confirmation,
                },
                &[],
            );
            checked.map(|_| ())
        };
        let fit = "violet-comet-harbour-19";
        let (weak, differ) = (Error::PasswordWeak, Error::PasswordMismatch);
        assert_eq!(twice(Some(fit), Some(fit)), Ok(()));
        assert_eq!(twice(Some(fit), Some("other")), Err(vec![differ]));
        assert_eq!(twice(Some("password"), Some(fit)), Err(vec![weak, differ]));
        assert_eq!(twice(Some("password"), None), Err(vec![weak]));
        assert_eq!(twice(None, Some(fit)), Err(vec![]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn new_accepts_any_text_without_panic(text in "\\PC{0,140}", name in "\\PC{0,30}") {
            let _ = Password::new(&Secret::new(text), &[&name]);
        }
    }
}
