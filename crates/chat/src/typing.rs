//! Typing indicators: ephemeral events, published at most once per interval while a user types.

use std::time::Duration;

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::chat::{ChatId, Typing};
use contract::streams::StreamName;
use kernel::{Actor, AppError};

use crate::Chat;
use crate::read_context::ReadContext;
use crate::typing_tracker::{NextStep, TypingChange, TypistKey};

/// Typing indicators.
#[async_trait]
pub trait TypingService: Send + Sync {
    /// Whether [`set_typing`](Self::set_typing) would publish an event at once. Repeated signals do not
    /// count against rate limits.
    fn would_publish_typing(&self, actor: &Actor, chat: ChatId, is_typing: bool) -> bool;

    /// Publishes to the other members of a chat that the actor types, or has stopped. While the actor
    /// goes on typing, the event is repeated at intervals; without a further signal, the end of typing is
    /// published after [`ChatConfig::typing_timeout`](crate::ChatConfig::typing_timeout). Nothing is
    /// published for invisible users.
    ///
    /// # Errors
    /// `chat.not_a_member`, `chat.not_friends`, `chat.account_deleted`, `auth.email_not_verified`, where
    /// an event would be published.
    async fn set_typing(
        &self,
        actor: &Actor,
        chat: ChatId,
        is_typing: bool,
    ) -> Result<(), AppError>;
}

#[async_trait]
impl TypingService for Chat {
    fn would_publish_typing(&self, actor: &Actor, chat: ChatId, is_typing: bool) -> bool {
        let change = self.inner.typing.change((chat, actor.user), is_typing);
        change != TypingChange::Unchanged
    }

    async fn set_typing(
        &self,
        actor: &Actor,
        chat: ChatId,
        is_typing: bool,
    ) -> Result<(), AppError> {
        let key = (chat, actor.user);
        match self.inner.typing.record(key, is_typing) {
            TypingChange::Unchanged => Ok(()),
            TypingChange::Ended => match self.typing_event(actor, chat, false).await? {
                Some(event) => self.publish_typing(&event),
                None => Ok(()),
            },
            TypingChange::Began { generation } => {
                let began = self.begin_typing(actor, chat, generation).await;
                if !matches!(began, Ok(true)) {
                    self.inner.typing.remove(key, generation);
                }
                began.map(|_| ())
            }
        }
    }
}

impl Chat {
    /// Publishes the first event and starts the task that publishes the following ones. Returns whether
    /// it did.
    async fn begin_typing(
        &self,
        actor: &Actor,
        chat: ChatId,
        generation: u64,
    ) -> Result<bool, AppError> {
        let Some(event) = self.typing_event(actor, chat, true).await? else {
            return Ok(false);
        };
        self.publish_typing(&event)?;
        tokio::spawn(self.clone().follow_typing(*actor, event, generation));
        Ok(true)
    }

    /// The event to publish, if the actor may write in the chat; `None` if the actor is invisible.
    async fn typing_event(
        &self,
        actor: &Actor,
        chat: ChatId,
        is_typing: bool,
    ) -> Result<Option<Typing>, AppError> {
        self.ensure_can_post(actor)?;
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            ctx.access(user, chat)?.ensure_write()?;
            let is_visible = !ctx.is_invisible(user)?;
            Ok(is_visible.then_some(ctx.summaries([user])?.get(user)))
        };
        let summary = self.read_with(read).await?;
        Ok(summary.map(|summary| Typing {
            chat_id: chat,
            user_id: user,
            username: summary.username,
            is_typing,
        }))
    }

    /// Publishes at intervals that a user types, and then the end.
    async fn follow_typing(self, actor: Actor, mut event: Typing, generation: u64) {
        let key = (event.chat_id, event.user_id);
        let (interval, rest) = self.typing_intervals();
        loop {
            tokio::time::sleep(interval).await;
            let mut next = self.inner.typing.next_step(key, generation);
            if next == NextStep::AwaitTimeout {
                tokio::time::sleep(rest).await;
                next = self.inner.typing.next_step(key, generation);
            }
            let repeated = match next {
                NextStep::Publish => self.typing_event(&actor, event.chat_id, true).await,
                NextStep::AwaitTimeout => break,
                NextStep::Stop => return,
            };
            match repeated {
                Ok(Some(event)) if self.publish_typing(&event).is_ok() => {}
                _ => break,
            }
        }
        self.end_typing(key, generation, &mut event).await;
    }

    async fn end_typing(&self, key: TypistKey, generation: u64, event: &mut Typing) {
        let was_published = self.inner.typing.change(key, false) == TypingChange::Ended;
        self.inner.typing.remove(key, generation);
        if !was_published {
            return;
        }
        event.is_typing = false;
        // The user may have been renamed or deleted meanwhile.
        let user = event.user_id;
        let name = self.read_with(move |ctx| Ok(ctx.summaries([user])?.get(user).username));
        if let Ok(name) = name.await {
            event.username = name;
        }
        if let Err(error) = self.publish_typing(event) {
            tracing::warn!(user_id = %user, error = %error.chain(), "end of typing not published");
        }
    }

    /// The interval at which typing is published, and the rest of the timeout.
    fn typing_intervals(&self) -> (Duration, Duration) {
        let timeout = self.inner.config.typing_timeout;
        let interval = timeout * 3 / 5;
        (interval, timeout.saturating_sub(interval))
    }

    fn publish_typing(&self, event: &Typing) -> Result<(), AppError> {
        let data = serde_json::to_value(event)?;
        let publisher = &self.inner.parts.publisher;
        let stream = StreamName::Chat(event.chat_id);
        publisher.publish(stream, EventName::Typing, data, Some(event.user_id));
        Ok(())
    }
}
