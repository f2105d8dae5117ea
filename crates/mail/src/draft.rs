//! The texts of all mails.

use kernel::{Secret, Timestamp};

use crate::MailTemplate;
use crate::layout::LayoutBlock;
use crate::links::MailLinks;

/// Subject and blocks of a mail, without greeting and footer.
pub(crate) struct Draft {
    pub(crate) subject: &'static str,
    pub(crate) blocks: Vec<LayoutBlock>,
}

const IGNORE_NOTE: &str = "If you did not request this, you can ignore this email.";
const SECURITY_NOTE: &str = "If this was not you, change your password immediately and end all other \
                             sessions in your settings.";

impl Draft {
    pub(crate) fn of(template: &MailTemplate, links: &MailLinks) -> Self {
        match template {
            MailTemplate::VerifyEmail { token } => verify_email(token, links),
            MailTemplate::LoginCode { code } => login_code(code),
            MailTemplate::PasswordReset { token } => password_reset(token, links),
            MailTemplate::PasswordChanged { at } => password_changed(*at),
            MailTemplate::EmailChange { token } => email_change(token, links),
            MailTemplate::EmailChangeNotice { to, at } => email_change_requested(to, *at),
            MailTemplate::EmailChanged { to, at } => email_changed(to, *at),
            MailTemplate::EmailInUse => email_in_use(links),
            MailTemplate::SecondFactorChanged { at } => second_factor_changed(*at),
            MailTemplate::ExportReady { until } => export_ready(*until, links),
            MailTemplate::NewSignIn { device, place, at } => new_login(device, place, *at),
            MailTemplate::WrongCodes { at } => wrong_codes(*at),
            MailTemplate::AccountDeleted => account_deleted(),
            MailTemplate::Digest {
                lines,
                more,
                unsubscribe,
            } => digest(lines, *more, unsubscribe, links),
        }
    }
}

fn verify_email(token: &Secret, links: &MailLinks) -> Draft {
    let text =
        "Welcome to Courtside! Please verify your email address. The link expires in 24 hours.";
    let button = link(
        "Verify my email address",
        links.page_with_token("account/verify-email", token),
    );
    with_token("Verify your email address", text, button, token)
}

fn password_reset(token: &Secret, links: &MailLinks) -> Draft {
    let text = "Use this link to set a new password. It expires in 30 minutes and works once.";
    let button = link(
        "Set a new password",
        links.page_with_token("account/reset-password", token),
    );
    with_token("Set a new password", text, button, token)
}

fn email_change(token: &Secret, links: &MailLinks) -> Draft {
    let text = "Please verify your new email address. The link expires in 24 hours; until you open it, \
                your account keeps the previous address.";
    let button = link(
        "Verify my new email address",
        links.page_with_token("account/verify-email", token),
    );
    with_token("Verify your new email address", text, button, token)
}

/// A mail with a link, and the token itself for clients without a browser.
fn with_token(subject: &'static str, text: &str, button: LayoutBlock, token: &Secret) -> Draft {
    Draft {
        subject,
        blocks: vec![
            paragraph(text),
            button,
            paragraph("Or enter this code:"),
            LayoutBlock::Code(token.expose().to_owned()),
            paragraph(IGNORE_NOTE),
        ],
    }
}

fn login_code(code: &Secret) -> Draft {
    Draft {
        subject: "Your login code",
        blocks: vec![
            paragraph("Use this code to log in. It expires in 10 minutes and works once."),
            LayoutBlock::Code(code.expose().to_owned()),
            paragraph(
                "Never share this code: we will not ask for it by phone or email. If you did not try \
                 to log in, someone knows your password. Set a new one.",
            ),
        ],
    }
}

fn email_in_use(links: &MailLinks) -> Draft {
    Draft {
        subject: "You already have an account",
        blocks: vec![
            paragraph(
                "Someone tried to use this email address for another account, but it belongs to \
                 yours. Nothing was changed. If it was you, log in to your existing account, or set a \
                 new password if you forgot yours.",
            ),
            link("Set a new password", links.page("account/forgot-password")),
            paragraph(IGNORE_NOTE),
        ],
    }
}

fn export_ready(until: Timestamp, links: &MailLinks) -> Draft {
    Draft {
        subject: "Your data export is ready",
        blocks: vec![
            paragraph(&format!(
                "Your data export is ready. You can download it until {}. You need to be logged in.",
                date_time(until)
            )),
            link("Download my data", links.page("account/export")),
        ],
    }
}

fn account_deleted() -> Draft {
    Draft {
        subject: "Your account was deleted",
        blocks: vec![paragraph(
            "Your account and your data were deleted, as you requested. Thank you for playing with us.",
        )],
    }
}

fn digest(lines: &[String], more: usize, unsubscribe: &Secret, links: &MailLinks) -> Draft {
    let intro = paragraph("You have unread notifications:");
    let lines = lines.iter().map(|line| paragraph(&format!("• {line}")));
    let rest = (more > 0).then(|| paragraph(&format!("And {more} more.")));
    let settings = links.page("notifications/preferences");
    let end = [
        link("View notifications", links.page("notifications")),
        paragraph(&format!(
            "You can choose which emails you receive at {settings}"
        )),
        link("Unsubscribe", links.unsubscribe(unsubscribe)),
    ];
    Draft {
        subject: "You have unread notifications",
        blocks: std::iter::once(intro)
            .chain(lines)
            .chain(rest)
            .chain(end)
            .collect(),
    }
}

fn password_changed(at: Timestamp) -> Draft {
    let at = date_time(at);
    let text = format!("Your password was changed on {at}. All other sessions were ended.");
    alert("Your password was changed", text)
}

fn email_change_requested(to: &str, at: Timestamp) -> Draft {
    let at = date_time(at);
    let text = format!(
        "A change of your email address to {to} was requested on {at}. It takes effect when the new \
         address is verified."
    );
    alert("Email address change requested", text)
}

fn email_changed(to: &str, at: Timestamp) -> Draft {
    let at = date_time(at);
    let text = format!(
        "The email address of your account was changed to {to} on {at}. Future emails go to the new \
         address, and all other sessions were ended."
    );
    alert("Your email address was changed", text)
}

fn second_factor_changed(at: Timestamp) -> Draft {
    let at = date_time(at);
    let text = format!("Your two-step login settings were changed on {at}.");
    alert("Your two-step login settings were changed", text)
}

fn new_login(device: &str, place: &str, at: Timestamp) -> Draft {
    let at = date_time(at);
    let text = format!("Someone logged in to your account on {at}: {device}, from {place}.");
    alert("New login to your account", text)
}

fn wrong_codes(at: Timestamp) -> Draft {
    let at = date_time(at);
    let text = format!(
        "An incorrect two-step login code was entered for the tenth time in a row on {at}. Whoever \
         enters these codes knows your password."
    );
    alert("Failed two-step login attempts", text)
}

/// A mail about something that the user should have done.
fn alert(subject: &'static str, text: String) -> Draft {
    Draft {
        subject,
        blocks: vec![LayoutBlock::Paragraph(text), paragraph(SECURITY_NOTE)],
    }
}

fn paragraph(text: &str) -> LayoutBlock {
    LayoutBlock::Paragraph(text.to_owned())
}

fn link(label: &'static str, url: String) -> LayoutBlock {
    LayoutBlock::Link { label, url }
}

fn date_time(at: Timestamp) -> String {
    at.utc().format("%-d %B %Y at %H:%M UTC").to_string()
}
