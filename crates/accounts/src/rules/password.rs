//! The password policy.

use kernel::{AppError, Secret};
use zxcvbn::Score;

use super::folding::{caseless, normal};
use crate::error::Error;
use crate::forms::NewPassword;

/// The minimum number of characters.
pub const MIN: usize = 8;
/// The maximum number of characters.
pub const MAX: usize = 128;
/// How many characters of a password are examined for its strength, because the cost of zxcvbn
/// grows faster than the length.
const JUDGED: usize = 48;
/// Symbols that zxcvbn reads as letters, as in `p@$$word`. It tries all readings of all of them,
/// which takes half a second for a password of nothing else.
const SIGNS: &str = "@({[<!|$+&#%";
/// How many different symbols are read as letters: more than any word contains.
const SIGNS_JUDGED: usize = 3;
/// Shorter personal words occur in many passwords by chance.
const PERSONAL_MIN: usize = 4;
/// The minimum length of what remains of a password without personal words.
const REST_MIN: usize = 6;

/// The name of the service counts as personal for everybody.
const SERVICE: &str = "courtside";

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
    pub fn choose(typed: &Secret, personal: &[&str]) -> Result<Self, Error> {
        let text = hashed_form(typed).ok_or(Error::PasswordLength)?;
        if text.expose().chars().count() < MIN {
            return Err(Error::PasswordLength);
        }
        let personal = [&[SERVICE], personal].concat();
        if is_personal(text.expose(), &personal) {
            return Err(Error::PasswordPersonal);
        }
        let judged = zxcvbn::zxcvbn(&judged_form(text.expose()), &personal);
        (judged.score() >= Score::Three)
            .then_some(Self(text))
            .ok_or(Error::PasswordWeak)
    }

    /// Checks a new password and its confirmation.
    ///
    /// # Errors
    /// Those of [`choose`](Self::choose) and `auth.password_mismatch`; none if the password could
    /// not be parsed.
    pub fn choose_twice(wanted: NewPassword<'_>, personal: &[&str]) -> Result<Self, Vec<Error>> {
        let chosen = wanted.typed.map(|typed| Self::choose(typed, personal));
        let differs = wanted.differs().then_some(Error::PasswordMismatch);
        match (chosen, differs) {
            (Some(Ok(password)), None) => Ok(password),
            (chosen, differs) => {
                let unfit = chosen.and_then(Result::err);
                Err(unfit.into_iter().chain(differs).collect())
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
pub fn hashed_form(typed: &Secret) -> Option<Secret> {
    if typed.expose().chars().nth(MAX).is_some() {
        return None;
    }
    Some(Secret::new(normal(typed.expose())))
}

/// The beginning of a password, in which all but a few symbols that stand for letters are replaced.
fn judged_form(password: &str) -> String {
    let mut seen = String::new();
    let mut plain = |c: char| {
        if !SIGNS.contains(c) || seen.contains(c) {
            return c;
        }
        if seen.len() == SIGNS_JUDGED {
            return '~';
        }
        seen.push(c);
        c
    };
    password.chars().take(JUDGED).map(&mut plain).collect()
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
        .filter(|text| text.chars().count() >= PERSONAL_MIN)
        .fold(folded.clone(), |rest, name| {
            rest.replace(&name, "").replace(&backwards(&name), "")
        });
    rest.len() < folded.len() && rest.chars().count() < REST_MIN
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choose(text: &str) -> Result<(), Error> {
        Password::choose(&Secret::new(text), &["ada_lovelace", "countess"]).map(|_| ())
    }

    #[test]
    fn takes_long_and_strange_ones() {
        for text in [
            "violet-comet-harbour-19",
            "amber-lantern-orbit-27",
            "xK9$mQ2vT",
            "наш корт у старой липы",
            &"correct horse battery staple ".repeat(4),
        ] {
            assert_eq!(choose(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn holds_to_the_length() {
        assert_eq!(choose("xK9$mQ2"), Err(Error::PasswordLength));
        assert_eq!(choose(&"xK9$mQ2v".repeat(16)), Ok(()));
        assert_eq!(
            choose(&format!("{}x", "xK9$mQ2v".repeat(16))),
            Err(Error::PasswordLength)
        );
        assert_eq!(choose(&"a".repeat(1_000_000)), Err(Error::PasswordLength));
    }

    #[test]
    fn refuses_what_is_easy_to_guess() {
        for text in [
            "password",
            "12345678",
            "qwertyuiop",
            "aaaaaaaaaaaaaaaa",
            "P@ssw0rd1",
            "iloveyou2",
        ] {
            assert_eq!(choose(text), Err(Error::PasswordWeak), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_made_of_the_name() {
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
            assert_eq!(choose(text), Err(Error::PasswordPersonal), "{text}");
        }
        assert_eq!(choose("ada-and-the-violet-comet"), Ok(()));
    }

    #[test]
    fn the_judge_reads_a_few_signs_as_letters_and_not_dozens() {
        assert_eq!(judged_form("p@$$w0rd!"), "p@$$w0rd!");
        assert_eq!(judged_form("@({@[$"), "@({@~~");
        assert_eq!(judged_form(&"x".repeat(MAX)).len(), JUDGED);
    }

    #[test]
    fn two_keyboards_write_the_same_password() {
        let form = |text: &str| hashed_form(&Secret::new(text));
        assert_eq!(form("cafe\u{301} au lait"), form("café au lait"));
        assert_eq!(form(&"x".repeat(129)), None);
    }

    #[test]
    fn asks_for_the_same_twice() {
        let twice = |typed: Option<&str>, again: Option<&str>| {
            let (typed, again) = (typed.map(Secret::new), again.map(Secret::new));
            let (typed, again) = (typed.as_ref(), again.as_ref());
            let chosen = Password::choose_twice(NewPassword { typed, again }, &[]);
            chosen.map(|_| ())
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
        fn no_text_breaks_the_judge(text in "\\PC{0,140}", name in "\\PC{0,30}") {
            let _ = Password::choose(&Secret::new(text), &[&name]);
        }
    }
}
