//! Applies events on users' own streams that change what their sockets subscribe to or may see.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use cluster::Topic;
use contract::streams::StreamName;
use kernel::{AppError, UserId};

use super::core::Hub;
use crate::close::Close;
use crate::connection::{Connection, JoinedStream};
use crate::message::ServerMessage;
use crate::ports::SubscriptionChange;

/// The pauses between attempts to read who is hidden from a user. After the last one their sockets
/// are closed: they must not hear users whom they have blocked.
const HIDE_PAUSES: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
    Duration::ZERO,
];

/// Applies what a message changes.
pub(crate) fn apply(hub: &Arc<Hub>, message: &ServerMessage) {
    let Some(user) = message.stream().and_then(StreamName::owner) else {
        return;
    };
    match hub.ports.subscriptions.change_of(message) {
        Some(SubscriptionChange::Join(stream, since)) => {
            let joined = JoinedStream { stream, since };
            following(hub, user).for_each(|connection| connection.follow(joined));
        }
        Some(SubscriptionChange::Leave(stream)) => {
            let topic = Topic::from(stream);
            following(hub, user).for_each(|connection| hub.leave(&connection, &topic));
        }
        Some(SubscriptionChange::HiddenUsers) => reload_hidden(hub, user),
        None => {}
    }
}

/// More events of a topic were missed than can be delivered. If it is a user's own stream, the hidden
/// users are read again, and sockets that follow streams reconnect to find out which.
pub(crate) fn reload(hub: &Arc<Hub>, topic: &Topic) {
    let Some(user) = owner_of(topic) else {
        return;
    };
    reload_hidden(hub, user);
    following(hub, user).for_each(|connection| connection.close(&Close::restarting()));
}

fn owner_of(topic: &Topic) -> Option<UserId> {
    let stream: StreamName = topic.as_str().parse().ok()?;
    stream.owner()
}

/// The sockets that subscribe to all streams the user follows. The others subscribe to one stream and
/// recheck by themselves whether they may.
fn following(hub: &Hub, user: UserId) -> impl Iterator<Item = Arc<Connection>> {
    let sockets = hub.sockets.of(user).into_iter();
    sockets.filter(|connection| connection.channel.follows_streams)
}

fn reload_hidden(hub: &Arc<Hub>, user: UserId) {
    let sockets = hub.sockets.of(user).into_iter();
    let reads: Vec<_> = sockets
        .map(|connection| (connection.begin_hidden_read(), connection))
        .collect();
    if !reads.is_empty() {
        let port = Arc::clone(&hub.ports.subscriptions);
        hub.runtime
            .spawn(async move { hide(reads, || port.hidden_from(user)).await });
    }
}

/// Reads who is hidden, for these reads of sockets.
pub(crate) async fn hide<R>(reads: Vec<(u64, Arc<Connection>)>, load: impl Fn() -> R)
where
    R: Future<Output = Result<HashSet<UserId>, AppError>>,
{
    for pause in HIDE_PAUSES {
        match load().await {
            Ok(hidden) => {
                let reads = reads.iter();
                return reads.for_each(|(read, connection)| connection.hide(*read, hidden.clone()));
            }
            Err(error) => tracing::warn!(error = %error.chain(), "hidden users not read"),
        }
        tokio::time::sleep(pause).await;
    }
    let unsure = reads
        .iter()
        .filter(|(read, connection)| !connection.has_hidden(*read));
    unsure.for_each(|(_, connection)| connection.close(&Close::restarting()));
}
