//! Telling moderators about a message.

use contract::chat::MessageId;
use contract::rooms::{Report, ReportId, ReportMessage, ReportReason};
use db::Tx;
use kernel::{Actor, AppError, Timestamp};

use crate::store::messages;
use crate::store::reports::{self, NewReport};
use crate::{Chat, Error};

impl Chat {
    /// Looks at a report as far as that needs no database.
    ///
    /// # Errors
    /// Says why it cannot be so.
    pub fn check_report(report: &ReportMessage) -> Result<(), AppError> {
        described(report).map(|_| ())
    }

    /// Reports another's message, once. What it said is kept, whatever becomes of it.
    ///
    /// # Errors
    /// `chat.message_not_found`, `chat.report_own_message`, `chat.message_deleted`,
    /// `chat.report_needs_details`, `chat.already_reported`.
    pub async fn report(
        &self,
        actor: &Actor,
        id: MessageId,
        report: ReportMessage,
    ) -> Result<Report, AppError> {
        let store = &self.inner.parts.store;
        let reason = report.reason;
        if let Some((report, created_at)) = store.stored_result(self.key.as_ref()).await? {
            return Ok(told(report, id, reason, created_at));
        }
        let details = described(&report)?;
        let message = self.message(actor, id).await?;
        if message.sender.id == actor.user {
            return Err(Error::ReportOwnMessage.into());
        }
        let new = NewReport {
            id: self.inner.env.id(),
            by: actor.user,
            reason: report.reason,
            details,
        };
        let keep = move |tx: &mut Tx<'_>| keep(tx, id, &new);
        let (report, created_at) = store.write_once(self.key.as_ref(), keep).await?;
        Ok(told(report, message.id, reason, created_at))
    }
}

fn told(
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

fn keep(
    tx: &mut Tx<'_>,
    id: MessageId,
    new: &NewReport,
) -> Result<(ReportId, Timestamp), AppError> {
    let now = tx.env().now();
    let message = messages::locked(tx.conn, id)?;
    let message = message.ok_or_else(|| AppError::from(Error::MessageNotFound))?;
    if message.deleted_at.is_some() {
        return Err(Error::MessageDeleted.into());
    }
    if !reports::insert(tx.conn, new, &message, now)? {
        return Err(Error::AlreadyReported.into());
    }
    Ok((new.id, now))
}

/// The details as they are kept; `other` alone says nothing.
fn described(report: &ReportMessage) -> Result<String, AppError> {
    let details = report.details.trim();
    if details.contains('\0') {
        return Err(AppError::invalid(
            "details",
            "must not contain NUL characters",
        ));
    }
    let other = report.reason == ReportReason::Other;
    if other && details.is_empty() {
        return Err(Error::ReportNeedsDetails.on_field("details"));
    }
    Ok(details.to_owned())
}
