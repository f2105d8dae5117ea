//! How our letters read.

use kernel::{Secret, Timestamp};

use super::page::{self, Block};
use super::{Envelope, Letter, Mail, MailId};

/// Turns letters into mails, with links to the configured public address and to nowhere else.
#[derive(Debug, Clone)]
pub struct Stationery {
    /// Without a slash at its end.
    public_url: String,
}

/// One letter, before it is laid out.
struct Draft {
    subject: String,
    blocks: Vec<Block>,
}

const IGNORE: &str = "If you did not ask for this, you can ignore this mail.";
const ALARM: &str =
    "If it was not you, set a new password at once and end all sessions in your settings.";

impl Stationery {
    /// For the service at this address.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self { public_url }
    }

    /// The mail of this id that carries a letter.
    #[must_use]
    pub fn write(&self, id: MailId, envelope: &Envelope) -> Mail {
        let Draft { subject, blocks } = self.draft(&envelope.letter);
        let greeting = Block::Paragraph(format!("Hello {},", envelope.name));
        let blocks: Vec<Block> = std::iter::once(greeting).chain(blocks).collect();
        let footer = format!("Courtside · {}", self.public_url);
        Mail {
            id,
            to: envelope.to.clone(),
            subject,
            text: page::text(&blocks, &footer),
            html: page::html(&blocks, &footer),
            unsubscribe: match &envelope.letter {
                Letter::Waiting { unsubscribe, .. } => Some(self.unsubscribe_url(unsubscribe)),
                _ => None,
            },
        }
    }

    fn draft(&self, letter: &Letter) -> Draft {
        match letter {
            Letter::VerifyEmail { token } => self.verify_email(token),
            Letter::LoginCode { code } => login_code(code),
            Letter::PasswordReset { token } => self.password_reset(token),
            Letter::PasswordChanged { at } => notice(
                "Your password was changed",
                format!(
                    "Your password was changed on {}. All other sessions have ended.",
                    day(*at)
                ),
            ),
            Letter::EmailChange { token } => self.email_change(token),
            Letter::EmailChangeNotice { to, at } => notice(
                "A new e-mail address for your account",
                format!(
                    "On {} a change of your e-mail address to {to} was asked for. It counts when the new address is confirmed.",
                    day(*at)
                ),
            ),
            Letter::EmailChanged { to, at } => notice(
                "Your e-mail address was changed",
                format!(
                    "On {} the e-mail address of your account was changed to {to}. Mail goes there from now on, and other sessions have ended.",
                    day(*at)
                ),
            ),
            Letter::EmailInUse => self.email_in_use(),
            Letter::SecondFactorChanged { at } => notice(
                "Your two-step login was changed",
                format!(
                    "Your settings for two-step login were changed on {}.",
                    day(*at)
                ),
            ),
            Letter::ExportReady { until } => self.export_ready(*until),
            Letter::NewSignIn { device, place, at } => notice(
                "New sign-in to your account",
                format!(
                    "Somebody signed in to your account on {}: {device}, from {place}.",
                    day(*at)
                ),
            ),
            Letter::WrongCodes { at } => notice(
                "Wrong codes for your two-step login",
                format!(
                    "On {} a code for your two-step login was wrong for the tenth time in a row. Whoever types them knows your password.",
                    day(*at)
                ),
            ),
            Letter::AccountDeleted => account_deleted(),
            Letter::Waiting {
                lines,
                more,
                unsubscribe,
            } => self.waiting(lines, *more, unsubscribe),
        }
    }

    fn verify_email(&self, token: &Secret) -> Draft {
        let words = "Welcome to Courtside! Please confirm that this address is yours. The link is good for a day.";
        let url = self.token_url("verify-email", token);
        token_letter(
            "Confirm your e-mail address",
            words,
            "Confirm my address",
            url,
            token,
        )
    }

    fn password_reset(&self, token: &Secret) -> Draft {
        let words = "You can set a new password with this link. It is good for 30 minutes, once.";
        let url = self.token_url("reset-password", token);
        token_letter(
            "Set a new password",
            words,
            "Set a new password",
            url,
            token,
        )
    }

    fn email_change(&self, token: &Secret) -> Draft {
        let words = "Please confirm that this is your new address. The link is good for a day; until then the old address counts.";
        let url = self.token_url("verify-email", token);
        token_letter(
            "Confirm your new e-mail address",
            words,
            "Confirm my new address",
            url,
            token,
        )
    }

    fn email_in_use(&self) -> Draft {
        Draft {
            subject: "You have an account already".to_owned(),
            blocks: vec![
                said(
                    "Somebody asked to use this e-mail address for another account, but it belongs to yours. Nothing was changed. If it was you, log in to your account here, or set a new password if you have forgotten yours.",
                ),
                Block::Link {
                    label: "Set a new password",
                    url: format!("{}/account/forgot-password", self.public_url),
                },
                said(IGNORE),
            ],
        }
    }

    fn export_ready(&self, until: Timestamp) -> Draft {
        let url = format!("{}/account/export", self.public_url);
        Draft {
            subject: "Your data is ready".to_owned(),
            blocks: vec![
                said(&format!(
                    "All your data is gathered and ready to download until {}. You need to be signed in.",
                    day(until)
                )),
                Block::Link {
                    label: "Download my data",
                    url,
                },
            ],
        }
    }

    fn waiting(&self, lines: &[String], more: usize, unsubscribe: &Secret) -> Draft {
        let intro = std::iter::once(said("This waits for you at Courtside:"));
        let lines = lines.iter().map(|line| said(&format!("• {line}")));
        let rest = (more > 0).then(|| said(&format!("And {more} more.")));
        let settings = format!(
            "Which mail you get, and whether you get any, you decide at {}/notifications/preferences",
            self.public_url
        );
        let end = [
            Block::Link {
                label: "See what it is",
                url: format!("{}/notifications", self.public_url),
            },
            said(&settings),
            Block::Link {
                label: "No more of these mails",
                url: self.unsubscribe_url(unsubscribe),
            },
        ];
        Draft {
            subject: "News waits for you".to_owned(),
            blocks: intro.chain(lines).chain(rest).chain(end).collect(),
        }
    }

    /// A link that programs follow by themselves, so its token is not behind a `#`. All it can do is
    /// to end mail.
    fn unsubscribe_url(&self, token: &Secret) -> String {
        let path = "api/v1/notifications/unsubscribe";
        format!("{}/{path}/?token={}", self.public_url, token.expose())
    }

    /// A link that carries a token behind the `#`, where neither servers nor other sites get to
    /// see it.
    fn token_url(&self, page: &str, token: &Secret) -> String {
        format!(
            "{}/account/{page}#token={}",
            self.public_url,
            token.expose()
        )
    }
}

/// A letter with a link, and with its token by itself for programs without a browser.
fn token_letter(
    subject: &str,
    words: &str,
    label: &'static str,
    url: String,
    token: &Secret,
) -> Draft {
    Draft {
        subject: subject.to_owned(),
        blocks: vec![
            said(words),
            Block::Link { label, url },
            said("Or enter this token:"),
            Block::Code(token.expose().to_owned()),
            said(IGNORE),
        ],
    }
}

fn login_code(code: &Secret) -> Draft {
    Draft {
        subject: "Your sign-in code".to_owned(),
        blocks: vec![
            said("This is your code to sign in. It is good for 10 minutes, once."),
            Block::Code(code.expose().to_owned()),
            said(
                "We never ask for it by phone or mail. If you did not try to sign in, somebody knows your password: set a new one.",
            ),
        ],
    }
}

fn notice(subject: &str, words: String) -> Draft {
    Draft {
        subject: subject.to_owned(),
        blocks: vec![Block::Paragraph(words), said(ALARM)],
    }
}

fn account_deleted() -> Draft {
    Draft {
        subject: "Your account is deleted".to_owned(),
        blocks: vec![said(
            "Your account and your data are deleted, as you asked. Thank you for having played with us.",
        )],
    }
}

fn said(words: &str) -> Block {
    Block::Paragraph(words.to_owned())
}

fn day(at: Timestamp) -> String {
    at.utc().format("%-d %B %Y at %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::email::Email;

    fn write(name: &str, letter: Letter) -> Mail {
        let to = Email::parse("ada@example.org").unwrap();
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let envelope = Envelope {
            to,
            name: name.to_owned(),
            letter,
        };
        Stationery::new("https://play.example.org/").write(id.parse().unwrap(), &envelope)
    }

    fn all() -> Vec<Letter> {
        let at = Timestamp::from_micros(1_700_000_000_000_000);
        let token = Secret::new("tok-en_123");
        let text = || "a device".to_owned();
        vec![
            Letter::VerifyEmail {
                token: token.clone(),
            },
            Letter::LoginCode {
                code: Secret::new("012345"),
            },
            Letter::PasswordReset {
                token: token.clone(),
            },
            Letter::PasswordChanged { at },
            Letter::EmailChange { token },
            Letter::EmailChangeNotice {
                to: "b***@example.org".into(),
                at,
            },
            Letter::EmailChanged {
                to: "b***@example.org".into(),
                at,
            },
            Letter::EmailInUse,
            Letter::SecondFactorChanged { at },
            Letter::ExportReady { until: at },
            Letter::NewSignIn {
                device: text(),
                place: text(),
                at,
            },
            Letter::WrongCodes { at },
            Letter::AccountDeleted,
            Letter::Waiting {
                lines: vec!["ada wrote to you.".into()],
                more: 3,
                unsubscribe: Secret::new("un-sub"),
            },
        ]
    }

    #[test]
    fn every_letter_has_a_subject_of_its_own_and_both_forms() {
        let mails: Vec<Mail> = all()
            .into_iter()
            .map(|letter| write("Ada", letter))
            .collect();
        let subjects: std::collections::HashSet<_> =
            mails.iter().map(|mail| &mail.subject).collect();
        assert_eq!(subjects.len(), mails.len());
        for mail in &mails {
            assert!(mail.text.starts_with("Hello Ada,\n\n"));
            assert!(mail.html.contains("<p>Hello Ada,</p>"));
            assert!(!mail.subject.contains(char::is_control));
        }
    }

    #[test]
    fn links_lead_to_the_public_address_and_hide_the_token_from_servers() {
        let link = "https://play.example.org/account/verify-email#token=tok-en_123";
        let mail = write(
            "Ada",
            Letter::VerifyEmail {
                token: Secret::new("tok-en_123"),
            },
        );
        assert!(mail.text.contains(&format!("\n{link}\n")));
        assert!(mail.html.contains(&format!("href=\"{link}\"")));
        assert!(mail.text.contains("\n    tok-en_123\n"));
        let others = all().into_iter();
        let mut others = others.filter(|letter| !matches!(letter, Letter::Waiting { .. }));
        assert!(others.all(|letter| {
            let mail = write("Ada", letter);
            !mail.html.contains("?token") && mail.unsubscribe.is_none()
        }));
    }

    #[test]
    fn what_waits_is_told_line_by_line_with_the_way_to_turn_it_off() {
        let lines = vec![
            "ada wrote to you.".to_owned(),
            "<b>bob</b> asks.".to_owned(),
        ];
        let letter = |more| Letter::Waiting {
            lines: lines.clone(),
            more,
            unsubscribe: Secret::new("un-sub"),
        };
        let mail = write("Ada", letter(2));
        assert!(mail.text.contains("• ada wrote to you.\n"));
        assert!(mail.text.contains("And 2 more."));
        let end = "https://play.example.org/api/v1/notifications/unsubscribe/?token=un-sub";
        assert!(mail.text.contains(end));
        assert_eq!(mail.unsubscribe.as_deref(), Some(end));
        let settings = "https://play.example.org/notifications/preferences";
        assert!(mail.text.contains(settings) && mail.html.contains(settings));
        assert!(mail.html.contains("&lt;b&gt;bob&lt;/b&gt; asks."));
        assert!(!write("Ada", letter(0)).text.contains("more."));
    }

    #[test]
    fn nothing_that_people_wrote_becomes_a_tag() {
        let evil = "<img src=x onerror=\"a('b')\">&";
        let at = Timestamp::from_micros(0);
        let letter = Letter::NewSignIn {
            device: evil.into(),
            place: evil.into(),
            at,
        };
        let mail = write(evil, letter);
        assert!(!mail.html.contains("<img"));
        assert_eq!(
            mail.html
                .matches("&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;")
                .count(),
            3
        );
        assert!(mail.text.contains(evil), "text mails need no escapes");
    }

    #[test]
    fn a_letter_survives_its_way_through_the_job_table() {
        for letter in all() {
            let before = write("Ada", letter.clone());
            let json = serde_json::to_value(&letter).unwrap();
            let after: Letter = serde_json::from_value(json).unwrap();
            assert_eq!(write("Ada", after), before);
        }
    }

    #[test]
    fn days_read_like_days() {
        assert_eq!(
            day(Timestamp::from_micros(1_700_000_000_000_000)),
            "14 November 2023 at 22:13 UTC"
        );
    }

    #[test]
    fn printing_a_mail_shows_neither_code_nor_address() {
        let mail = write(
            "Ada",
            Letter::LoginCode {
                code: Secret::new("012345"),
            },
        );
        assert_eq!(
            format!("{mail:?}"),
            "Mail(\"Your sign-in code\" to a***@example.org)"
        );
    }
}
