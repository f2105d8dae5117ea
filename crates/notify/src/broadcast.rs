//! Words to everybody.

use async_trait::async_trait;
use contract::notify::{Action, Announcement, NotificationEvent};
use db::types::Json;
use db::{AnyConn, Tx};
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler};
use kernel::error::Common;
use kernel::{Actor, AppError, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::delivery::take_in;
use crate::store::broadcasts::{self, BroadcastId, Row};
use crate::{Error, Notify};

/// How many people are told in one transaction.
const AT_ONCE: i64 = 100;

/// Tells a page of people what an announcement says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct BroadcastJob {
    id: BroadcastId,
}

impl Job for BroadcastJob {
    const KIND: &'static str = "notify.broadcast";
    const CLASS: JobClass = JobClass::Heavy;
}

impl Notify {
    /// Tells everybody something; for admins. People are told soon, page by page.
    ///
    /// # Errors
    /// Somebody else must not, and an empty word says nothing.
    pub async fn announce(&self, actor: &Actor, word: Announcement) -> Result<(), AppError> {
        let may = actor.role == Role::Admin && self.parts.registry.is_admin(actor).await?;
        if !may {
            return Err(Common::RoleNeeded.into());
        }
        let unreadable = |c: char| c.is_control() && c != '\n';
        if word.message.trim().is_empty() || word.message.contains(unreadable) {
            return Err(Error::MessageInvalid.on_field("message"));
        }
        let author_id = actor.user;
        let write = move |tx: &mut Tx<'_>| {
            let row = Row {
                id: tx.env().id(),
                author_id,
                announcement: Json(serde_json::to_value(&word)?),
                last_user_id: None,
                told: 0,
                created_at: tx.env().now(),
                ended_at: None,
            };
            broadcasts::insert(tx.conn, &row)?;
            tx.enqueue(BroadcastJob { id: row.id })
        };
        self.parts.store.write(write).await
    }
}

/// Tells one page of people and leaves the next to the next job.
pub(crate) struct BroadcastHandler(pub(crate) Notify);

#[async_trait]
impl JobHandler<BroadcastJob> for BroadcastHandler {
    async fn run(&self, job: BroadcastJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let parts = &self.0.parts;
        let read = move |conn: &mut AnyConn| broadcasts::find(conn, job.id);
        let Some(row) = parts.store.read(read).await? else {
            return Ok(());
        };
        let registry = &parts.registry;
        let people = registry.active_after(row.last_user_id, AT_ONCE).await?;
        let (notify, claimed) = (self.0.clone(), claimed.clone());
        let write = move |tx: &mut Tx<'_>| {
            claimed.complete(tx)?;
            spread(tx, &notify, row, &people)
        };
        parts.store.write(write).await
    }
}

/// The job is ours, and there is one at a time: what was read of the word still holds.
fn spread(
    tx: &mut Tx<'_>,
    notify: &Notify,
    mut row: Row,
    people: &[UserId],
) -> Result<(), AppError> {
    let told: Vec<NotificationEvent> = people.iter().map(|user| said_to(*user, &row)).collect();
    row.told += i64::try_from(take_in(tx, notify, told)?).unwrap_or(0);
    row.last_user_id = people.last().copied().or(row.last_user_id);
    let is_last = i64::try_from(people.len()).is_ok_and(|count| count < AT_ONCE);
    row.ended_at = is_last.then(|| tx.env().now());
    broadcasts::advance(tx.conn, &row)?;
    if is_last {
        return Ok(());
    }
    tx.enqueue(BroadcastJob { id: row.id })
}

fn said_to(user_id: UserId, row: &Row) -> NotificationEvent {
    NotificationEvent {
        user_id,
        action: Action::System,
        data: row.announcement.0.clone(),
        key: format!("system:{}", row.id),
    }
}
