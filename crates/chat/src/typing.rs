//! Who is typing: told while it lasts, and never stored.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::chat::{ChatId, Typing};
use kernel::{Actor, Fault, UserId};

use crate::Chat;
use crate::look::Look;
use crate::service::stream_of;

/// Who types where on this node, each with the number of their newest sign of it.
#[derive(Debug, Default)]
pub(crate) struct Typists(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    signs: u64,
    typing: HashMap<(ChatId, UserId), u64>,
}

impl Typists {
    fn begin(&self, who: (ChatId, UserId)) -> u64 {
        let mut state = self.lock();
        state.signs += 1;
        let sign = state.signs;
        state.typing.insert(who, sign);
        sign
    }

    /// Whether they were typing.
    fn end(&self, who: (ChatId, UserId)) -> bool {
        self.lock().typing.remove(&who).is_some()
    }

    /// Whether they have given no sign since this one.
    fn end_if_silent_since(&self, who: (ChatId, UserId), sign: u64) -> bool {
        let mut state = self.lock();
        let silent = state.typing.get(&who) == Some(&sign);
        if silent {
            state.typing.remove(&who);
        }
        silent
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chat {
    /// Tells the others in a chat that the actor types, or has stopped. Who gives no further sign
    /// of typing counts as having stopped after a while. Nothing is told of those who are invisible.
    pub async fn typing(&self, actor: &Actor, chat: ChatId, is_typing: bool) -> Result<(), Fault> {
        let who = (chat, actor.user);
        if !is_typing && !self.inner.typists.end(who) {
            return Ok(());
        }
        self.may_speak(actor)?;
        let user = actor.user;
        let read = move |look: &mut Look<'_>| {
            look.place(user, chat)?.writable()?;
            let shows = !look.is_invisible(user)?;
            Ok(shows.then_some(look.called([user])?.get(user)))
        };
        let Some(person) = self.look(read).await? else {
            return Ok(());
        };
        let event = Typing {
            chat_id: chat,
            user_id: user,
            username: person.username,
            is_typing,
        };
        self.tell_typing(&event)?;
        if is_typing {
            let sign = self.inner.typists.begin(who);
            tokio::spawn(self.clone().stop_typing_later(event, sign));
        }
        Ok(())
    }

    async fn stop_typing_later(self, mut event: Typing, sign: u64) {
        tokio::time::sleep(self.inner.config.typing_lasts).await;
        let who = (event.chat_id, event.user_id);
        if self.inner.typists.end_if_silent_since(who, sign) {
            event.is_typing = false;
            if let Err(fault) = self.tell_typing(&event) {
                tracing::warn!(fault = %fault.chain(), "the end of typing was not told");
            }
        }
    }

    fn tell_typing(&self, event: &Typing) -> Result<(), Fault> {
        let data = serde_json::to_value(event)?;
        let topic = stream_of(event.chat_id);
        (self.inner.parts.live).send(&topic, "typing", data, Some(event.user_id));
        Ok(())
    }
}
