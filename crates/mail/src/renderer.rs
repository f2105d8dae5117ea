//! Renders templates as mails.

use kernel::{Secret, Timestamp};

use super::layout::{self, LayoutBlock};
use super::{Mail, MailId, MailTemplate, OutgoingMail};

/// Renders templates; links lead to the configured public URL only.
#[derive(Debug, Clone)]
pub struct MailRenderer {
    /// Without a trailing slash.
    public_url: String,
}

/// Subject and blocks of a mail.
struct Draft {
    subject: String,
    blocks: Vec<LayoutBlock>,
}

const IGNORE_NOTE: &str = "If you did not ask for this, you can ignore this mail.";
const SECURITY_NOTE: &str =
    "If it was not you, set a new password at once and end all sessions in your settings.";

impl MailRenderer {
    /// A renderer for the service at this URL.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self { public_url }
    }

    /// Renders a template as the mail with this id.
    #[must_use]
    pub fn render(&self, id: MailId, outgoing: &OutgoingMail) -> Mail {
        let Draft { subject, blocks } = self.draft(&outgoing.template);
        let greeting = LayoutBlock::Paragraph(format!("Hello {},", outgoing.name));
        let blocks: Vec<LayoutBlock> = std::iter::once(greeting).chain(blocks).collect();
        let footer = format!("Courtside · {}", self.public_url);
        Mail {
            id,
            to: outgoing.to.clone(),
            subject,
            text: layout::text(&blocks, &footer),
            html: layout::html(&blocks, &footer),
            unsubscribe: match &outgoing.template {
                MailTemplate::Digest { unsubscribe, .. } => Some(self.unsubscribe_url(unsubscribe)),
                _ => None,
            },
        }
    }

    fn draft(&self, template: &MailTemplate) -> Draft {
        match template {
            MailTemplate::VerifyEmail { token } => self.verify_email(token),
            MailTemplate::LoginCode { code } => login_code(code),
            MailTemplate::PasswordReset { token } => self.password_reset(token),
            MailTemplate::PasswordChanged { at } => notice(
                "Your password was changed",
                format!(
                    "Your password was changed on {}. All other sessions have ended.",
                    day(*at)
                ),
            ),
            MailTemplate::EmailChange { token } => self.email_change(token),
            MailTemplate::EmailChangeNotice { to, at } => notice(
                "A new e-mail address for your account",
                format!(
                    "On {} a change of your e-mail address to {to} was asked for. It counts when the new address is confirmed.",
                    day(*at)
                ),
            ),
            MailTemplate::EmailChanged { to, at } => notice(
                "Your e-mail address was changed",
                format!(
                    "On {} the e-mail address of your account was changed to {to}. Mail goes there from now on, and other sessions have ended.",
                    day(*at)
                ),
            ),
            MailTemplate::EmailInUse => self.email_in_use(),
            MailTemplate::SecondFactorChanged { at } => notice(
                "Your two-step login was changed",
                format!(
                    "Your settings for two-step login were changed on {}.",
                    day(*at)
                ),
            ),
            MailTemplate::ExportReady { until } => self.export_ready(*until),
            MailTemplate::NewSignIn { device, place, at } => notice(
                "New sign-in to your account",
                format!(
                    "Somebody signed in to your account on {}: {device}, from {place}.",
                    day(*at)
                ),
            ),
            MailTemplate::WrongCodes { at } => notice(
                "Wrong codes for your two-step login",
                format!(
                    "On {} a code for your two-step login was wrong for the tenth time in a row. Whoever types them knows your password.",
                    day(*at)
                ),
            ),
            MailTemplate::AccountDeleted => account_deleted(),
            MailTemplate::Digest {
                lines,
                more,
                unsubscribe,
            } => self.digest(lines, *more, unsubscribe),
        }
    }

    fn verify_email(&self, token: &Secret) -> Draft {
        let words = "Welcome to Courtside! Please confirm that this address is yours. The link is good for a day.";
        let url = self.token_url("verify-email", token);
        token_mail(
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
        token_mail(
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
        token_mail(
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
                paragraph(
                    "Somebody asked to use this e-mail address for another account, but it belongs to yours. Nothing was changed. If it was you, log in to your account here, or set a new password if you have forgotten yours.",
                ),
                LayoutBlock::Link {
                    label: "Set a new password",
                    url: format!("{}/account/forgot-password", self.public_url),
                },
                paragraph(IGNORE_NOTE),
            ],
        }
    }

    fn export_ready(&self, until: Timestamp) -> Draft {
        let url = format!("{}/account/export", self.public_url);
        Draft {
            subject: "Your data is ready".to_owned(),
            blocks: vec![
                paragraph(&format!(
                    "All your data is gathered and ready to download until {}. You need to be signed in.",
                    day(until)
                )),
                LayoutBlock::Link {
                    label: "Download my data",
                    url,
                },
            ],
        }
    }

    fn digest(&self, lines: &[String], more: usize, unsubscribe: &Secret) -> Draft {
        let intro = std::iter::once(paragraph("This waits for you at Courtside:"));
        let lines = lines.iter().map(|line| paragraph(&format!("• {line}")));
        let rest = (more > 0).then(|| paragraph(&format!("And {more} more.")));
        let settings = format!(
            "Which mail you get, and whether you get any, you decide at {}/notifications/preferences",
            self.public_url
        );
        let end = [
            LayoutBlock::Link {
                label: "See what it is",
                url: format!("{}/notifications", self.public_url),
            },
            paragraph(&settings),
            LayoutBlock::Link {
                label: "No more of these mails",
                url: self.unsubscribe_url(unsubscribe),
            },
        ];
        Draft {
            subject: "News waits for you".to_owned(),
            blocks: intro.chain(lines).chain(rest).chain(end).collect(),
        }
    }

    /// A link that mail programs follow on their own, so the token is in the query. It can only
    /// unsubscribe.
    fn unsubscribe_url(&self, token: &Secret) -> String {
        let path = "api/v1/notifications/unsubscribe";
        format!("{}/{path}/?token={}", self.public_url, token.expose())
    }

    /// A link with the token in the fragment, which is not sent to servers or other sites.
    fn token_url(&self, page: &str, token: &Secret) -> String {
        format!(
            "{}/account/{page}#token={}",
            self.public_url,
            token.expose()
        )
    }
}

/// A mail with a link, and the token itself for clients without a browser.
fn token_mail(
    subject: &str,
    words: &str,
    label: &'static str,
    url: String,
    token: &Secret,
) -> Draft {
    Draft {
        subject: subject.to_owned(),
        blocks: vec![
            paragraph(words),
            LayoutBlock::Link { label, url },
            paragraph("Or enter this token:"),
            LayoutBlock::Code(token.expose().to_owned()),
            paragraph(IGNORE_NOTE),
        ],
    }
}

fn login_code(code: &Secret) -> Draft {
    Draft {
        subject: "Your sign-in code".to_owned(),
        blocks: vec![
            paragraph("This is your code to sign in. It is good for 10 minutes, once."),
            LayoutBlock::Code(code.expose().to_owned()),
            paragraph(
                "We never ask for it by phone or mail. If you did not try to sign in, somebody knows your password: set a new one.",
            ),
        ],
    }
}

fn notice(subject: &str, words: String) -> Draft {
    Draft {
        subject: subject.to_owned(),
        blocks: vec![LayoutBlock::Paragraph(words), paragraph(SECURITY_NOTE)],
    }
}

fn account_deleted() -> Draft {
    Draft {
        subject: "Your account is deleted".to_owned(),
        blocks: vec![paragraph(
            "Your account and your data are deleted, as you asked. Thank you for having played with us.",
        )],
    }
}

fn paragraph(words: &str) -> LayoutBlock {
    LayoutBlock::Paragraph(words.to_owned())
}

fn day(at: Timestamp) -> String {
    at.utc().format("%-d %B %Y at %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Email;

    fn render(name: &str, template: MailTemplate) -> Mail {
        let to = Email::parse("ada@example.org").unwrap();
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let outgoing = OutgoingMail {
            to,
            name: name.to_owned(),
            template,
        };
        MailRenderer::new("https://play.example.org/").render(id.parse().unwrap(), &outgoing)
    }

    fn all() -> Vec<MailTemplate> {
        let at = Timestamp::from_micros(1_700_000_000_000_000);
        let token = Secret::new("tok-en_123");
        let text = || "a device".to_owned();
        vec![
            MailTemplate::VerifyEmail {
                token: token.clone(),
            },
            MailTemplate::LoginCode {
                code: Secret::new("012345"),
            },
            MailTemplate::PasswordReset {
                token: token.clone(),
            },
            MailTemplate::PasswordChanged { at },
            MailTemplate::EmailChange { token },
            MailTemplate::EmailChangeNotice {
                to: "b***@example.org".into(),
                at,
            },
            MailTemplate::EmailChanged {
                to: "b***@example.org".into(),
                at,
            },
            MailTemplate::EmailInUse,
            MailTemplate::SecondFactorChanged { at },
            MailTemplate::ExportReady { until: at },
            MailTemplate::NewSignIn {
                device: text(),
                place: text(),
                at,
            },
            MailTemplate::WrongCodes { at },
            MailTemplate::AccountDeleted,
            MailTemplate::Digest {
                lines: vec!["ada wrote to you.".into()],
                more: 3,
                unsubscribe: Secret::new("un-sub"),
            },
        ]
    }

    #[test]
    fn render_gives_each_template_own_subject_and_both_bodies() {
        let mails: Vec<Mail> = all()
            .into_iter()
            .map(|template| render("Ada", template))
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
    fn render_puts_tokens_in_fragment_of_public_url() {
        let link = "https://play.example.org/account/verify-email#token=tok-en_123";
        let mail = render(
            "Ada",
            MailTemplate::VerifyEmail {
                token: Secret::new("tok-en_123"),
            },
        );
        assert!(mail.text.contains(&format!("\n{link}\n")));
        assert!(mail.html.contains(&format!("href=\"{link}\"")));
        assert!(mail.text.contains("\n    tok-en_123\n"));
        let others = all().into_iter();
        let mut others = others.filter(|template| !matches!(template, MailTemplate::Digest { .. }));
        assert!(others.all(|template| {
            let mail = render("Ada", template);
            !mail.html.contains("?token") && mail.unsubscribe.is_none()
        }));
    }

    #[test]
    fn render_digest_lists_lines_and_unsubscribe_link() {
        let lines = vec![
            "ada wrote to you.".to_owned(),
            "<b>bob</b> asks.".to_owned(),
        ];
        let template = |more| MailTemplate::Digest {
            lines: lines.clone(),
            more,
            unsubscribe: Secret::new("un-sub"),
        };
        let mail = render("Ada", template(2));
        assert!(mail.text.contains("• ada wrote to you.\n"));
        assert!(mail.text.contains("And 2 more."));
        let end = "https://play.example.org/api/v1/notifications/unsubscribe/?token=un-sub";
        assert!(mail.text.contains(end));
        assert_eq!(mail.unsubscribe.as_deref(), Some(end));
        let settings = "https://play.example.org/notifications/preferences";
        assert!(mail.text.contains(settings) && mail.html.contains(settings));
        assert!(mail.html.contains("&lt;b&gt;bob&lt;/b&gt; asks."));
        assert!(!render("Ada", template(0)).text.contains("more."));
    }

    #[test]
    fn render_escapes_html() {
        let evil = "<img src=x onerror=\"a('b')\">&";
        let at = Timestamp::from_micros(0);
        let template = MailTemplate::NewSignIn {
            device: evil.into(),
            place: evil.into(),
            at,
        };
        let mail = render(evil, template);
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
    fn template_roundtrips_through_json() {
        for template in all() {
            let before = render("Ada", template.clone());
            let json = serde_json::to_value(&template).unwrap();
            let after: MailTemplate = serde_json::from_value(json).unwrap();
            assert_eq!(render("Ada", after), before);
        }
    }

    #[test]
    fn day_formats_utc() {
        assert_eq!(
            day(Timestamp::from_micros(1_700_000_000_000_000)),
            "14 November 2023 at 22:13 UTC"
        );
    }

    #[test]
    fn debug_shows_neither_code_nor_address() {
        let mail = render(
            "Ada",
            MailTemplate::LoginCode {
                code: Secret::new("012345"),
            },
        );
        assert_eq!(
            format!("{mail:?}"),
            "Mail(\"Your sign-in code\" to a***@example.org)"
        );
    }
}
