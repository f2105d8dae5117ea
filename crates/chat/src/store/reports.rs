//! What people told moderators about messages.

use contract::chat::MessageId;
use contract::rooms::{ReportId, ReportReason};
use db::{AnyBackend, AnyConn};
use diesel::prelude::*;
use kernel::{Timestamp, UserId};

use crate::schema::chat_reports;
use crate::store::messages::MessageRow;

/// A report to be kept.
#[derive(Debug, Clone)]
pub(crate) struct NewReport {
    pub(crate) id: ReportId,
    pub(crate) by: UserId,
    pub(crate) reason: ReportReason,
    pub(crate) details: String,
}

/// Keeps a report with what the message says now, unless this person has reported it before; says
/// whether it did.
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
            chat_reports::reporter.eq(report.by),
            chat_reports::reason.eq(as_text(report.reason)),
            chat_reports::details.eq(&report.details),
            chat_reports::content.eq(&message.content),
            chat_reports::created_at.eq(now),
        ))
        .on_conflict((chat_reports::reporter, chat_reports::message_id))
        .do_nothing();
    Ok(AnyBackend(insert).execute(conn)? > 0)
}

fn as_text(reason: ReportReason) -> &'static str {
    match reason {
        ReportReason::Spam => "spam",
        ReportReason::Harassment => "harassment",
        ReportReason::Hate => "hate",
        ReportReason::Sexual => "sexual",
        ReportReason::Violence => "violence",
        ReportReason::Other => "other",
    }
}

/// A report as its maker may have it back.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = chat_reports)]
pub(crate) struct MadeReport {
    pub(crate) id: ReportId,
    pub(crate) message_id: MessageId,
    pub(crate) reason: String,
    pub(crate) details: String,
    pub(crate) created_at: Timestamp,
}

/// What somebody has reported, in the order of their ids, so many after this one.
pub(crate) fn made_by(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<ReportId>,
    limit: i64,
) -> QueryResult<Vec<MadeReport>> {
    let mut query = chat_reports::table
        .filter(chat_reports::reporter.eq(user))
        .order(chat_reports::id)
        .limit(limit)
        .select(MadeReport::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(chat_reports::id.gt(after));
    }
    query.load(conn)
}
