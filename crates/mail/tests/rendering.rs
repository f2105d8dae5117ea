//! All mails as users read them. After a change of texts, `INSTA_UPDATE=always cargo test -p mail` writes
//! the snapshots.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::HashSet;

use kernel::{Secret, Timestamp};
use mail::{Email, Mail, MailRenderer, MailTemplate, OutgoingMail};

fn render(name: &str, template: MailTemplate) -> Mail {
    let to = Email::parse("ada@example.org").unwrap();
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let outgoing = OutgoingMail {
        to,
        name: name.to_owned(),
        template,
    };
    let renderer = MailRenderer::new("https://play.example.org/");
    renderer.render(id.parse().unwrap(), &outgoing).unwrap()
}

fn digest(more: usize) -> MailTemplate {
    MailTemplate::Digest {
        lines: vec![
            "ada sent you a message.".to_owned(),
            "<b>bob</b> sent you a friend request.".to_owned(),
        ],
        more,
        unsubscribe: Secret::new("un-sub"),
    }
}

fn all() -> Vec<MailTemplate> {
    let at = Timestamp::from_micros(1_700_000_000_000_000);
    let token = Secret::new("tok-en_123");
    let to = || "b***@example.org".to_owned();
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
        MailTemplate::EmailChangeNotice { to: to(), at },
        MailTemplate::EmailChanged { to: to(), at },
        MailTemplate::EmailInUse,
        MailTemplate::SecondFactorChanged { at },
        MailTemplate::ExportReady { until: at },
        MailTemplate::NewSignIn {
            device: "Firefox on Linux".to_owned(),
            place: "203.0.113.7".to_owned(),
            at,
        },
        MailTemplate::WrongCodes { at },
        MailTemplate::AccountDeleted,
        digest(3),
    ]
}

#[test]
fn render_text_of_all_mails() {
    let mails = all().into_iter().map(|template| render("Ada", template));
    let pages: Vec<String> = mails
        .map(|mail| format!("Subject: {}\n\n{}", mail.subject, mail.text))
        .collect();
    insta::assert_snapshot!(pages.join("\n======================\n\n"));
}

#[test]
fn render_html_of_each_block() {
    let token = Secret::new("tok-en_123");
    insta::assert_snapshot!(render("Ada", MailTemplate::VerifyEmail { token }).html);
}

#[test]
fn render_gives_each_template_own_subject_and_both_bodies() {
    let mails: Vec<Mail> = all()
        .into_iter()
        .map(|template| render("Ada", template))
        .collect();
    let subjects: HashSet<_> = mails.iter().map(|mail| &mail.subject).collect();
    assert_eq!(subjects.len(), mails.len());
    for mail in &mails {
        assert!(mail.text.starts_with("Hello Ada,\n\n"));
        assert!(mail.html.contains("<p>Hello Ada,</p>"));
        assert!(!mail.subject.contains(char::is_control));
    }
}

#[test]
fn render_puts_tokens_in_the_fragment_except_for_unsubscribe_links() {
    let others = all().into_iter();
    for template in others.filter(|template| !matches!(template, MailTemplate::Digest { .. })) {
        let mail = render("Ada", template);
        assert!(!mail.html.contains("?token") && mail.unsubscribe.is_none());
    }
    let mail = render("Ada", digest(0));
    let link = "https://play.example.org/api/v1/notifications/unsubscribe/?token=un-sub";
    assert_eq!(mail.unsubscribe.as_deref(), Some(link));
    assert!(!mail.text.contains("more."));
}

#[test]
fn render_escapes_html() {
    let evil = "<img src=x onerror=\"a('b')\">&";
    let template = MailTemplate::NewSignIn {
        device: evil.into(),
        place: evil.into(),
        at: Timestamp::from_micros(0),
    };
    let mail = render(evil, template);
    assert!(!mail.html.contains("<img"));
    assert_eq!(mail.html.matches("img src=x").count(), 3);
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
fn debug_shows_neither_code_nor_address() {
    let code = Secret::new("012345");
    let mail = render("Ada", MailTemplate::LoginCode { code });
    assert_eq!(
        format!("{mail:?}"),
        "Mail(\"Your login code\" to a***@example.org)"
    );
}
