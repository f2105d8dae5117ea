//! The topics that a socket subscribes to.

use cluster::Topic;
use contract::catalogue::EventName;
use contract::frames::Resync;
use db::AnyConn;
use kernel::AppError;
use outbox::CatchUp;

use super::state::SocketSession;
use crate::close::Close;
use crate::connection::JoinedStream;
use crate::hub::events_since;
use crate::refusal::Refused;
use crate::wire::message_of;

/// The most events that a socket is sent of a stream that its user has just joined.
const MAX_NEWS: i64 = 100;

impl SocketSession {
    /// Subscribes to topics and reads something once that is done. Messages are held back until the
    /// client had time to send `resume`.
    pub(crate) async fn join_and_read<T, F>(
        &mut self,
        topics: &[Topic],
        read: F,
    ) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let joined = self.hub.join_all_and_read(&self.connection, topics, read);
        let (pending, found) = joined.await?;
        self.pending.extend(pending);
        Ok(found)
    }

    /// [Rechecks](crate::ChannelSpec::rechecks_on) on messages of a topic without sending them.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn watch(&self, topic: &Topic) -> Result<(), AppError> {
        self.hub.watch(&self.connection, topic).await
    }

    /// Subscribes to a topic if `may_join` succeeds, which is awaited after the socket has joined, so
    /// that nobody stays who was removed meanwhile.
    ///
    /// # Errors
    /// That of `may_join`; the database is unavailable.
    pub async fn join_if<F>(&self, topic: &Topic, may_join: F) -> Result<(), AppError>
    where
        F: Future<Output = Result<(), AppError>>,
    {
        let pending = self.hub.join(&self.connection, topic).await?;
        if let Err(refused) = may_join.await {
            self.hub.leave(&self.connection, topic);
            return Err(refused);
        }
        pending.release();
        Ok(())
    }

    /// Subscribes to the streams that the user has joined. If it is uncertain which those are, the
    /// socket is closed, and the client finds them when it reconnects.
    pub(crate) async fn follow_joined(&mut self) -> Result<(), Refused> {
        for joined in self.connection.take_joined() {
            if let Err(error) = self.follow(joined).await {
                tracing::warn!(error = %error.chain(), "joined stream not followed");
                return Err(Close::restarting().into());
            }
        }
        Ok(())
    }

    /// Subscribes to a stream from where it was when the user joined, unless they have left it again.
    async fn follow(&self, joined: JoinedStream) -> Result<(), AppError> {
        let JoinedStream { stream, since } = joined;
        let topic = Topic::from(stream);
        let pending = self.hub.join(&self.connection, &topic).await?;
        let (user, name) = (self.actor().user, topic.clone());
        let port = self.hub.ports.subscriptions.clone();
        let read = move |conn: &mut AnyConn| {
            let may_follow = port.may_follow(conn, user, stream)?;
            let missed = events_since(conn, name.as_str(), since, MAX_NEWS)?;
            Ok((may_follow, missed))
        };
        let (may_follow, missed) = self.hub.store.read(read).await?;
        if !may_follow {
            self.hub.leave(&self.connection, &topic);
            return Ok(());
        }
        if pending.is_new() {
            self.send_news(&topic, missed, pending.from.seq)?;
        }
        pending.release();
        Ok(())
    }

    /// Sends what came on a stream until the socket subscribed to it.
    fn send_news(&self, topic: &Topic, missed: CatchUp, until: i64) -> Result<(), AppError> {
        let CatchUp::Events(events) = missed else {
            let streams = vec![topic.to_string()];
            return self.respond(EventName::Resync, &Resync { streams });
        };
        let news = events.into_iter().filter(|event| event.seq <= until);
        news.filter_map(message_of)
            .for_each(|message| self.connection.deliver(&message));
        Ok(())
    }
}
