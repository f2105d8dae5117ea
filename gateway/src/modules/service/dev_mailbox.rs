//! The dev mailbox: pages with the mail that was not sent. Available only if no SMTP server is
//! configured and the public address is loopback, and only to clients on the same machine.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use contract::envelope::Envelope;
use contract::service::{Mailbox, MailboxEntry};
use http_kit::static_files::html;
use http_kit::{ApiResponse, ClientAddress, Failure, HttpError, PathParam, query};
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
    let rows: String = mails.iter().map(|mail| row(mail)).collect();
    let empty = "<p>No mail yet. Mail that the server would send appears here.</p>";
    let body = if rows.is_empty() {
        empty.to_owned()
    } else {
        format!("<ul>{rows}</ul>")
    };
    Ok(html::respond("Dev mailbox", &body))
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

fn row(mail: &DeliveredMail) -> String {
    let (to, subject) = (
        html::escape(&mail.mail.to.address()),
        html::escape(&mail.mail.subject),
    );
    format!(
        "<li><a href=\"/dev/mailbox/{}/\">{subject}</a> to {to}, {}</li>",
        mail.id, mail.at
    )
}
