//! What a table wants to be done outside of its thread.

use std::sync::Arc;
use std::time::Duration;

use contract::invites::MatchId;
use kernel::AppError;

use super::shared::{GroupEvent, GroupInbox, TablesShared};
use super::table::TableTask;

const RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(5);

/// Does it, and tells the thread what came of it.
pub(super) async fn run(
    task: TableTask,
    id: MatchId,
    epoch: i64,
    shared: Arc<TablesShared>,
    inbox: Arc<GroupInbox>,
) {
    match task {
        TableTask::NoteStart(at) => {
            if !until_stored(id, || shared.store.note_start(id, epoch, at)).await {
                inbox.push(GroupEvent::Lost(id));
            }
        }
        TableTask::End(ended) => {
            let conclusion = until_stored(id, || shared.store.end((*ended).clone())).await;
            inbox.push(GroupEvent::Ended(id, conclusion));
        }
        TableTask::Rematch(seat) => {
            let opened = shared.follow_up.rematch(id).await;
            inbox.push(GroupEvent::Rematch(id, seat, opened));
        }
        TableTask::Chat(seat, from, text, cid) => {
            let text = shared.follow_up.check_chat(id, seat, text).await;
            inbox.push(GroupEvent::Chat {
                id,
                seat,
                from,
                cid,
                text,
            });
        }
    }
}

/// Repeats a write until it succeeds. It is fenced by the epoch, so it may be repeated for long.
async fn until_stored<T, F>(id: MatchId, write: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, AppError>>,
{
    let mut wait = RETRY;
    loop {
        match write().await {
            Ok(stored) => return stored,
            Err(error) => tracing::warn!(match_id = %id, ?error, "match not stored"),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(MAX_RETRY);
    }
}
