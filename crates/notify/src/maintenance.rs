//! Throwing away what is over.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::notify::{BadgeChange, NotificationId};
use db::Tx;
use kernel::{AppError, Timestamp, UserId};

use crate::Notify;
use crate::resolution::emit_badge_change;
use crate::service::lock;
use crate::store::{deliveries, first_id_of, notifications, settled};

/// How often what is over is thrown away.
const EVERY: Duration = Duration::from_secs(3_600);
/// How long notifications and the record of mails are kept.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3_600);
/// For how long something may be on its way: jobs are tried again for less than an hour.
const ON_THE_WAY: Duration = Duration::from_secs(7 * 24 * 3_600);
/// Rows that go at once.
const AT_ONCE: i64 = 500;

impl Notify {
    /// Keeps house until the future is dropped.
    pub async fn run_maintenance(self) {
        loop {
            if let Err(error) = self.prune().await {
                tracing::warn!(error = %error.chain(), "old notifications stay for now");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Throws away what is over; how many notifications that were. Whose count of what waits
    /// changes is told.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn prune(&self) -> Result<usize, AppError> {
        let now = self.parts.store.env().now();
        let records = move |tx: &mut Tx<'_>| {
            let mails = deliveries::prune(tx.conn, first_id_of(now - KEPT))?;
            Ok(mails + settled::prune(tx.conn, now - ON_THE_WAY)?)
        };
        self.parts.store.delete_in_batches(records).await?;
        let mut all = 0;
        loop {
            let page = self.parts.store.write(move |tx| prune_page(tx, now - KEPT));
            match page.await? {
                0 => return Ok(all),
                some => all += some,
            }
        }
    }
}

fn prune_page(tx: &mut Tx<'_>, limit: Timestamp) -> Result<usize, AppError> {
    let old = notifications::before(tx.conn, first_id_of(limit), AT_ONCE)?;
    let users: BTreeSet<UserId> = old.iter().map(|(_, user, _)| *user).collect();
    lock(tx.conn, &users)?;
    let ids: Vec<NotificationId> = old.iter().map(|(id, _, _)| *id).collect();
    notifications::remove_all(tx.conn, &ids)?;
    for user in users {
        let waited = |(_, whose, waits): &&(_, UserId, bool)| *whose == user && *waits;
        let gone: Vec<NotificationId> = old.iter().filter(waited).map(|(id, _, _)| *id).collect();
        if !gone.is_empty() {
            emit_badge_change(tx, user, BadgeChange::Deleted, Some(gone))?;
        }
    }
    Ok(ids.len())
}
