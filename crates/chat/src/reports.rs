//! Reports of messages to moderators.

use async_trait::async_trait;
use contract::chat::MessageId;
use contract::rooms::{Report, ReportId, ReportMessage, ReportReason};
use db::Tx;
use kernel::{Actor, AppError, Timestamp};

use crate::message_actions::MessagesService;
use crate::queries::messages;
use crate::queries::reports::{self, NewReport};
use crate::{Chat, Error};

/// Reports of messages to moderators.
#[async_trait]
pub trait ReportsService: Send + Sync {
    /// Reports another user's message, once. The text of the message is stored with the report.
    ///
    /// # Errors
    /// `chat.message_not_found`, `chat.message_deleted`, `chat.report_own_message`,
    /// `chat.already_reported`; those of [`check_report`].
    async fn report_message(
        &self,
        actor: &Actor,
        id: MessageId,
        report: ReportMessage,
    ) -> Result<Report, AppError>;
}

/// Checks a report, without the database.
///
/// # Errors
/// `chat.report_needs_details`, `invalid_fields`, on the field `details`.
pub fn check_report(report: &ReportMessage) -> Result<(), AppError> {
    parse_details(report).map(|_| ())
}

#[async_trait]
impl ReportsService for Chat {
    async fn report_message(
        &self,
        actor: &Actor,
        id: MessageId,
        report: ReportMessage,
    ) -> Result<Report, AppError> {
        let store = &self.inner.parts.store;
        let reason = report.reason;
        if let Some((report, created_at)) = store.stored_result(self.key.as_ref()).await? {
            return Ok(to_report(report, id, reason, created_at));
        }
        let details = parse_details(&report)?;
        let message = self.get_message(actor, id).await?;
        if message.sender.id == actor.user {
            return Err(Error::ReportOwnMessage.into());
        }
        let new = NewReport {
            id: self.inner.env.id(),
            reporter: actor.user,
            reason,
            details,
        };
        let insert = move |tx: &mut Tx<'_>| insert(tx, id, &new);
        let (report, created_at) = store.write_once(self.key.as_ref(), insert).await?;
        Ok(to_report(report, message.id, reason, created_at))
    }
}

fn to_report(
    id: ReportId,
    message_id: MessageId,
    reason: ReportReason,
    created_at: Timestamp,
) -> Report {
    Report {
        id,
        message_id,
        reason,
        created_at,
    }
}

fn insert(
    tx: &mut Tx<'_>,
    id: MessageId,
    new: &NewReport,
) -> Result<(ReportId, Timestamp), AppError> {
    let now = tx.env().now();
    let message = messages::lock(tx.conn, id)?;
    let message = message.ok_or_else(|| AppError::from(Error::MessageNotFound))?;
    if message.deleted_at.is_some() {
        return Err(Error::MessageDeleted.into());
    }
    if !reports::insert(tx.conn, new, &message, now)? {
        return Err(Error::AlreadyReported.into());
    }
    Ok((new.id, now))
}

/// The trimmed details, which the reason `other` requires.
fn parse_details(report: &ReportMessage) -> Result<String, AppError> {
    let details = report.details.trim();
    if details.contains('\0') {
        return Err(AppError::invalid(
            "details",
            "must not contain NUL characters",
        ));
    }
    if report.reason == ReportReason::Other && details.is_empty() {
        return Err(Error::ReportNeedsDetails.on_field("details"));
    }
    Ok(details.to_owned())
}
