//! Reports of messages to moderators.

use contract::chat::MessageId;
use contract::rooms::{ReportId, ReportReason};
use db::{AnyBackend, AnyConn};
use diesel::prelude::*;
use kernel::{Timestamp, UserId};

use crate::queries::messages::MessageRow;
use crate::schema::chat_reports;

/// A report to be inserted.
#[derive(Debug, Clone)]
pub(crate) struct NewReport {
    pub(crate) id: ReportId,
    pub(crate) reporter: UserId,
    pub(crate) reason: ReportReason,
    pub(crate) details: String,
}

/// Inserts a report with the current text of the message, unless the user has already reported it.
/// Returns whether it did.
pub(crate) fn insert(
    conn: &mut AnyConn,
    report: &NewReport,
    message: &MessageRow,
    now: Timestamp,
) -> QueryResult<bool> {
    let insert = diesel::insert_into(chat_reports::table)
        .values((
            chat_reports::id.eq(report.id),
            chat_reports::message_id.eq(message.id),
            chat_reports::chat_id.eq(message.chat_id),
            chat_reports::sender.eq(message.sender),
            chat_reports::reporter.eq(report.reporter),
            chat_reports::reason.eq(report.reason.as_text()),
            chat_reports::details.eq(&report.details),
            chat_reports::content.eq(&message.content),
            chat_reports::created_at.eq(now),
        ))
        .on_conflict((chat_reports::reporter, chat_reports::message_id))
        .do_nothing();
    Ok(AnyBackend(insert).execute(conn)? > 0)
}

/// A report in the data export of its reporter.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = chat_reports)]
pub(crate) struct ReportRow {
    pub(crate) id: ReportId,
    pub(crate) message_id: MessageId,
    pub(crate) reason: String,
    pub(crate) details: String,
    pub(crate) created_at: Timestamp,
}

/// A page of the reports that a user has made, in the order of their ids.
pub(crate) fn made_by(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<ReportId>,
    limit: i64,
) -> QueryResult<Vec<ReportRow>> {
    let mut query = chat_reports::table
        .filter(chat_reports::reporter.eq(user))
        .order(chat_reports::id)
        .limit(limit)
        .select(ReportRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(chat_reports::id.gt(after));
    }
    query.load(conn)
}
