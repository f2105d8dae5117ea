//! The dev mailbox: pages with the mail that was not sent. Available only if no SMTP server is
//! configured and the public address is loopback, and only to clients on the same machine.

use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use contract::envelope::Envelope;
use contract::service::{Mailbox, MailboxEntry};
use http_kit::static_files::html;
use http_kit::{ApiResponse, ClientAddress, Failure, HttpError, PathParam, query};
use kernel::Timestamp;
use mail::{DeliveredMail, MailId};
use serde::Deserialize;
use validator::Validate;

use crate::state::AppState;

/// The format of the response.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MailboxFormat {
    /// JSON.
    Json,
}

#[derive(Debug, Deserialize, Validate)]
struct MailboxQuery {
    format: Option<MailboxFormat>,
}

fn mailbox<'s>(
    client: &ClientAddress,
    state: &'s AppState,
) -> Result<&'s mail::DevMailbox, HttpError> {
    // A proxy on the same machine that adds no header looks like a local client. Behind a proxy, the
    // public address is not loopback.
    let is_local = client.is_local && state.http.config.is_loopback();
    let mailbox = state.platform.mailbox.as_ref().filter(|_| is_local);
    mailbox.ok_or(HttpError::NotFound)
}

/// List mail in the dev mailbox
///
/// Available only if no SMTP server is configured and the public address is loopback, and only to
/// clients on the same machine.
#[utoipa::path(tag = "Service",
    params(("format" = Option<String>, Query, pattern = "^json$", description = "`json` for JSON instead of an HTML page.", example = "json")),
    responses((status = 200, description = "The newest mail, as an HTML page or as JSON.",
        content((String = "text/html"), (Envelope<Mailbox> = "application/json")))),
    extensions(("x-errors" = json!(["not_found"]))))]
#[get("/dev/mailbox/")]
pub(super) async fn dev_mailbox(
    request: HttpRequest,
    client: ClientAddress,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let mails = mailbox(&client, &state)?.newest();
    let wanted: MailboxQuery = query::read(request.query_string())?;
    if let Some(MailboxFormat::Json) = wanted.format {
        let mails = mails.iter().map(|mail| entry(mail)).collect();
        return Ok(ApiResponse::ok(Mailbox(mails)).into_response());
    }
    let now = state.platform.env.now();
    let rows: String = mails.iter().map(|mail| row(mail, now)).collect();
    Ok(html::respond("Dev mailbox", &page(&rows)))
}

/// The page with these rows, and the way back to the client.
fn page(rows: &str) -> String {
    let mails = if rows.is_empty() {
        "<p>No mail yet. Mail that the server would send appears here.</p>".to_owned()
    } else {
        format!(
            "<div class=\"card\"><table class=\"mails\"><thead><tr><th>Subject</th><th>To</th><th>Sent</th>\
             <th>Link</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )
    };
    format!(
        "<p>This server does not send mail. It keeps the newest ones here, for you on this machine.</p>{mails}\
         <p><a href=\"/\">Back to Courtside</a> · <a href=\"/dev/mailbox/\">Reload</a></p>"
    )
}

/// Show a mail from the dev mailbox
#[utoipa::path(tag = "Service",
    params(("id" = MailId, Path, description = "Mail id.")),
    responses((status = 200, description = "The mail as an HTML page.", body = String, content_type = "text/html")),
    extensions(("x-errors" = json!(["not_found"]))))]
#[get("/dev/mailbox/{id}/")]
pub(super) async fn dev_mail(
    PathParam(id): PathParam<MailId>,
    client: ClientAddress,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let found = mailbox(&client, &state)?
        .find(id)
        .ok_or(HttpError::NotFound)?;
    let mut answer = html::respond_page(found.mail.html.clone());
    // The mail contains its styles; scripts and external resources are not allowed.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    answer
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

fn entry(mail: &DeliveredMail) -> MailboxEntry {
    MailboxEntry {
        id: mail.id.to_string(),
        sent_at: mail.at,
        to: mail.mail.to.address(),
        subject: mail.mail.subject.clone(),
        text: mail.mail.text.clone(),
        unsubscribe: mail.mail.unsubscribe.clone(),
    }
}

fn row(mail: &DeliveredMail, now: Timestamp) -> String {
    let (to, subject) = (
        html::escape(&mail.mail.to.address()),
        html::escape(&mail.mail.subject),
    );
    let link = link_in(&mail.mail.text).map_or_else(String::new, |url| {
        format!("<a href=\"{}\">Open link</a>", html::escape(url))
    });
    format!(
        "<tr><td><a href=\"/dev/mailbox/{}/\">{subject}</a></td><td>{to}</td>\
         <td><time datetime=\"{}\">{}</time></td><td>{link}</td></tr>",
        mail.id,
        mail.at,
        age(now.since(mail.at)),
    )
}

/// The first link in a plain text.
fn link_in(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    words.find(|word| word.starts_with("http://") || word.starts_with("https://"))
}

/// How long ago something happened.
fn age(passed: Duration) -> String {
    match passed.as_secs() {
        0..60 => "just now".to_owned(),
        seconds @ 60..3_600 => format!("{} min ago", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} d ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_in_the_largest_unit() {
        let ages = [0, 59, 60, 3_599, 3_600, 86_399, 86_400];
        let texts = ages.map(|seconds| age(Duration::from_secs(seconds)));
        assert_eq!(
            texts,
            [
                "just now",
                "just now",
                "1 min ago",
                "59 min ago",
                "1 h ago",
                "23 h ago",
                "1 d ago"
            ]
        );
    }

    #[test]
    fn link_in_finds_the_first_link() {
        let text =
            "Verify it:\nhttps://localhost/account/verify-email#token=a\nhttps://other.example";
        assert_eq!(
            link_in(text),
            Some("https://localhost/account/verify-email#token=a")
        );
        assert_eq!(link_in("Your code is 123456."), None);
    }
}
