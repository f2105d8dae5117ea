//! Who is typing: told while it lasts, at most once in a while, and never stored.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::chat::{ChatId, Typing};
use kernel::{Actor, AppError, UserId};

use crate::Chat;
use crate::queries::ReadContext;
use crate::service::stream_of;

/// Somebody in a chat.
type Who = (ChatId, UserId);

/// Who types where on this node. A typist is kept until their silence was long enough, also when
/// they have stopped: whoever stops and begins again is told no more often than who goes on.
#[derive(Debug, Default)]
pub(crate) struct TypingTracker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    born: u64,
    typing: HashMap<Who, Typist>,
}

#[derive(Debug)]
struct Typist {
    /// Tells this one from another of the same name, before or after.
    born: u64,
    is_typing: bool,
    /// Whether there was a sign of typing since the others were told.
    renewed: bool,
    /// Whether the others were told that they type, and not yet that they stopped.
    told: bool,
}

/// What a sign of typing, or of its end, changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Nothing that is to be told now.
    Nothing,
    /// Somebody types.
    Began { born: u64 },
    /// Somebody has stopped.
    Ended,
}

/// What is to be told of a typist after a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// They are typing still.
    Tell,
    /// Nothing has come of them since.
    Silent,
    /// They have stopped, and the others know.
    Gone,
}

impl TypingTracker {
    /// What this sign would change.
    fn change(&self, who: Who, is_typing: bool) -> Change {
        let state = self.lock();
        match (state.typing.get(&who), is_typing) {
            (None, true) => Change::Began { born: state.born },
            (Some(typist), false) if typist.told => Change::Ended,
            _ => Change::Nothing,
        }
    }

    /// Notes a sign.
    fn note(&self, who: Who, is_typing: bool) -> Change {
        let mut state = self.lock();
        let Some(typist) = state.typing.get_mut(&who) else {
            return if is_typing {
                state.begin(who)
            } else {
                Change::Nothing
            };
        };
        (typist.is_typing, typist.renewed) = (is_typing, is_typing);
        if !is_typing && std::mem::take(&mut typist.told) {
            return Change::Ended;
        }
        Change::Nothing
    }

    /// Looks after a typist when a while has passed since something was told of them.
    fn look_after(&self, who: Who, born: u64) -> Next {
        let mut state = self.lock();
        let typist = state.typing.get_mut(&who);
        let Some(typist) = typist.filter(|typist| typist.born == born) else {
            return Next::Gone;
        };
        if !typist.is_typing {
            state.typing.remove(&who);
            return Next::Gone;
        }
        if std::mem::take(&mut typist.renewed) {
            typist.told = true;
            return Next::Tell;
        }
        Next::Silent
    }

    /// Forgets a typist.
    fn forget(&self, who: Who, born: u64) {
        let mut state = self.lock();
        if state.typing.get(&who).is_some_and(|one| one.born == born) {
            state.typing.remove(&who);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, who: Who) -> Change {
        self.born += 1;
        let born = self.born;
        let typist = Typist {
            born,
            is_typing: true,
            renewed: false,
            told: true,
        };
        self.typing.insert(who, typist);
        Change::Began { born }
    }
}

impl Chat {
    /// Whether the others in a chat would be told at once of this sign of typing, or of its end.
    #[must_use]
    pub fn typing_is_told(&self, actor: &Actor, chat: ChatId, is_typing: bool) -> bool {
        self.inner.typing.change((chat, actor.user), is_typing) != Change::Nothing
    }

    /// Tells the others in a chat that the actor types, or has stopped. Who goes on is told of once
    /// in a while; who gives no further sign of typing counts as having stopped after a while.
    /// Nothing is told of those who are invisible.
    pub async fn typing(
        &self,
        actor: &Actor,
        chat: ChatId,
        is_typing: bool,
    ) -> Result<(), AppError> {
        let who = (chat, actor.user);
        match self.inner.typing.note(who, is_typing) {
            Change::Nothing => Ok(()),
            Change::Ended => match self.typing_event(actor, chat, false).await? {
                Some(event) => self.tell_typing(&event),
                None => Ok(()),
            },
            Change::Began { born } => {
                let begun = self.begin_typing(actor, chat, born).await;
                if !matches!(begun, Ok(true)) {
                    self.inner.typing.forget(who, born);
                }
                begun.map(|_| ())
            }
        }
    }

    /// Whether the others were told.
    async fn begin_typing(&self, actor: &Actor, chat: ChatId, born: u64) -> Result<bool, AppError> {
        let Some(event) = self.typing_event(actor, chat, true).await? else {
            return Ok(false);
        };
        self.tell_typing(&event)?;
        tokio::spawn(self.clone().follow_typing(*actor, event, born));
        Ok(true)
    }

    /// The event, if the actor may write there; nothing where they are invisible.
    async fn typing_event(
        &self,
        actor: &Actor,
        chat: ChatId,
        is_typing: bool,
    ) -> Result<Option<Typing>, AppError> {
        self.may_speak(actor)?;
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            look.place(user, chat)?.writable()?;
            let shows = !look.is_invisible(user)?;
            Ok(shows.then_some(look.called([user])?.get(user)))
        };
        let person = self.read_with(read).await?;
        Ok(person.map(|person| Typing {
            chat_id: chat,
            user_id: user,
            username: person.username,
            is_typing,
        }))
    }

    /// Tells of a typist again as long as they go on, and then of their end.
    async fn follow_typing(self, actor: Actor, mut event: Typing, born: u64) {
        let who = (event.chat_id, event.user_id);
        let (pause, rest) = self.typing_pauses();
        loop {
            tokio::time::sleep(pause).await;
            let mut next = self.inner.typing.look_after(who, born);
            if next == Next::Silent {
                tokio::time::sleep(rest).await;
                next = self.inner.typing.look_after(who, born);
            }
            let told = match next {
                Next::Tell => self.typing_event(&actor, event.chat_id, true).await,
                Next::Silent => break,
                Next::Gone => return,
            };
            match told {
                Ok(Some(event)) if self.tell_typing(&event).is_ok() => {}
                _ => break,
            }
        }
        self.end_typing(who, born, &mut event).await;
    }

    async fn end_typing(&self, who: Who, born: u64, event: &mut Typing) {
        let was_told = self.inner.typing.change(who, false) == Change::Ended;
        self.inner.typing.forget(who, born);
        if !was_told {
            return;
        }
        event.is_typing = false;
        // They may be called something else now, or have deleted their account.
        let user = event.user_id;
        let name = self.read_with(move |look| Ok(look.called([user])?.get(user).username));
        if let Ok(name) = name.await {
            event.username = name;
        }
        if let Err(error) = self.tell_typing(event) {
            tracing::warn!(error = %error.chain(), "the end of typing was not told");
        }
    }

    /// How long after it was told typing may be told again, and how much later it has ended where
    /// it was not renewed.
    fn typing_pauses(&self) -> (Duration, Duration) {
        let lasts = self.inner.config.typing_lasts;
        let pause = lasts * 3 / 5;
        (pause, lasts.saturating_sub(pause))
    }

    fn tell_typing(&self, event: &Typing) -> Result<(), AppError> {
        let data = serde_json::to_value(event)?;
        let topic = stream_of(event.chat_id);
        (self.inner.parts.live).send(&topic, "typing", data, Some(event.user_id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn signs_within_a_while_change_nothing_and_are_told_after_it() {
        let (typing, env) = (TypingTracker::default(), Env::system());
        let who = (env.id(), env.id());
        let Change::Began { born } = typing.note(who, true) else {
            panic!("nobody would be told");
        };
        for _ in 0..100 {
            assert_eq!(typing.change(who, true), Change::Nothing);
            assert_eq!(typing.note(who, true), Change::Nothing);
        }
        assert_eq!(typing.look_after(who, born), Next::Tell);
        assert_eq!(typing.look_after(who, born), Next::Silent);
        assert_eq!(typing.note(who, false), Change::Ended);
        for _ in 0..100 {
            assert_eq!(typing.note(who, true), Change::Nothing, "not so soon");
            assert_eq!(typing.note(who, false), Change::Nothing);
        }
        assert_eq!(typing.look_after(who, born), Next::Gone);
        assert!(matches!(typing.note(who, true), Change::Began { .. }));
        assert_eq!(typing.look_after(who, born), Next::Gone, "another's");
    }
}
