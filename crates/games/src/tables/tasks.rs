//! What a table wants to be done outside of its thread.

use std::sync::Arc;
use std::time::Duration;

use contract::invites::MatchId;
use kernel::AppError;

use super::match_claim::MatchClaim;
use super::shared::{GroupEvent, GroupInbox, MatchEvent, TablesShared};
use super::table::TableTask;

const RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(5);

/// Does it, and tells the thread what came of it.
pub(super) async fn run(
    task: TableTask,
    claim: MatchClaim,
    shared: Arc<TablesShared>,
    inbox: Arc<GroupInbox>,
) {
    if let Some(event) = event_of(task, claim, &shared).await {
        inbox.push(GroupEvent::OfMatch(claim, event));
    }
}

async fn event_of(
    task: TableTask,
    MatchClaim { id, epoch }: MatchClaim,
    shared: &TablesShared,
) -> Option<MatchEvent> {
    match task {
        TableTask::NoteStart(at) => {
            let is_ours = until_stored(id, || shared.store.note_start(id, epoch, at)).await;
            (!is_ours).then_some(MatchEvent::Lost)
        }
        TableTask::End(ended) => {
            let conclusion = until_stored(id, || shared.store.end((*ended).clone())).await;
            Some(MatchEvent::Ended(conclusion))
        }
        TableTask::Rematch(seat) => {
            let opened = shared.follow_up.rematch(id).await;
            Some(MatchEvent::Rematch(seat, opened))
        }
        TableTask::Chat(seat, from, text, cid) => {
            let text = shared.follow_up.check_chat(id, seat, text).await;
            Some(MatchEvent::Chat {
                seat,
                from,
                cid,
                text,
            })
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
