//! From changes of connections to what friends hear.

use contract::social::{ChosenStatus, FriendPresence, OwnStatus, Presence};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, UserId};

use super::entry::Entries;
use super::local_connections::{Batch, Change, Lost, Member, RecheckReason};
use super::store::ChoicesAndFriends;
use super::{PresenceService, TTL, set_of, store};
use crate::ports::{People, Person};
use crate::rules::presence_policy::{GRACE, GRACE_AFTER_CLOSE, presence};

/// People looked at in one round: bounds the queries of a reconnect storm.
const AT_ONCE: usize = 500;

/// How somebody may want to be seen.
const ALL_CHOICES: [ChosenStatus; 3] = [
    ChosenStatus::Online,
    ChosenStatus::Away,
    ChosenStatus::Invisible,
];

/// Somebody who looks different now.
struct PresenceChange {
    user: UserId,
    /// What friends saw before; nothing where that is not sure.
    before: Option<Presence>,
    after: Presence,
    why: RecheckReason,
}

impl PresenceService {
    /// Carries all changes so far to the registry and to friends.
    ///
    /// # Errors
    /// The registry or the database is away; the changes wait for the next time.
    pub async fn settle(&self) -> Result<(), AppError> {
        let _turn = self.inner.turn.lock().await;
        self.settle_in_turn().await
    }

    pub(super) async fn settle_in_turn(&self) -> Result<(), AppError> {
        let batch = self.local().take(self.monotonic());
        let applied = self.apply(&batch).await;
        if applied.is_err() {
            self.local().put_back(batch);
        }
        applied
    }

    async fn apply(&self, batch: &Batch) -> Result<(), AppError> {
        self.put(&batch.put, TTL).await?;
        self.list_users_here(&batch.put).await?;
        for grace in [GRACE_AFTER_CLOSE, GRACE] {
            let lost = batch.lost.iter().filter(|lost| lost.grace == grace);
            let lost: Vec<Member> = lost.map(Lost::entry).collect();
            self.put(&lost, grace).await?;
        }
        self.take_out(&batch.gone).await?;
        let changes: Vec<(UserId, &Change)> = batch
            .changes
            .iter()
            .map(|(user, change)| (*user, change))
            .collect();
        for some in changes.chunks(AT_ONCE) {
            self.look_and_tell(some).await?;
        }
        Ok(())
    }

    async fn take_out(&self, members: &[Member]) -> Result<(), AppError> {
        if members.is_empty() {
            return Ok(());
        }
        let sets: Vec<String> = members.iter().map(|member| set_of(member.user)).collect();
        let named = sets.iter().zip(members);
        let pairs: Vec<(&str, &str)> = named
            .map(|(set, member)| (set.as_str(), member.name.as_str()))
            .collect();
        self.parts().expiring_sets.remove(&pairs).await
    }

    async fn look_and_tell(&self, changes: &[(UserId, &Change)]) -> Result<(), AppError> {
        let users: Vec<UserId> = changes.iter().map(|(user, _)| *user).collect();
        let entries = self.entries(&users).await?;
        let mut looks: Vec<_> = changes.iter().zip(entries).collect();
        // Another tab of somebody who is there makes no difference, whatever they chose.
        looks.retain(|((user, change), entries)| {
            let mut chosen = ALL_CHOICES.into_iter();
            chosen.any(|chosen| news(*user, change, entries.clone(), chosen).is_some())
        });
        let users = looks.iter().map(|((user, _), _)| *user).collect();
        let known = self.choices_and_friends(users).await?;
        let news = looks.into_iter().filter_map(|((user, change), entries)| {
            let (chosen, friends) = known.get(user)?;
            Some((news(*user, change, entries, *chosen)?, friends.clone()))
        });
        self.publish_changes(news.collect()).await
    }

    async fn choices_and_friends(&self, users: Vec<UserId>) -> Result<ChoicesAndFriends, AppError> {
        if users.is_empty() {
            return Ok(ChoicesAndFriends::new());
        }
        let read = move |conn: &mut _| store::choices_and_friends(conn, &users);
        self.parts().store.read(read).await
    }

    /// Tells friends, as far as each person wants them to know.
    async fn publish_changes(
        &self,
        mut news: Vec<(PresenceChange, Vec<UserId>)>,
    ) -> Result<(), AppError> {
        news.retain(|(_, friends)| !friends.is_empty());
        if news.is_empty() {
            return Ok(());
        }
        let users: Vec<UserId> = news.iter().map(|(one, _)| one.user).collect();
        let read = move |conn: &mut AnyConn, people: &dyn People| people.of(conn, &users);
        let people = self.read(read).await?;
        for (one, friends) in news {
            if let Some(person) = people.get(&one.user) {
                self.tell_friends(&one, person, &friends)?;
            }
        }
        Ok(())
    }

    fn tell_friends(
        &self,
        news: &PresenceChange,
        person: &Person,
        to: &[UserId],
    ) -> Result<(), AppError> {
        let after = if person.shows_presence {
            news.after
        } else {
            Presence::Offline
        };
        // Who keeps it private was offline before and is now; unless they have just begun to.
        if !person.shows_presence && news.why != RecheckReason::PrivacyChanged {
            return Ok(());
        }
        let data = FriendPresence {
            user_id: news.user,
            username: person.summary.username.clone(),
            status: after,
        };
        let data = serde_json::to_value(data)?;
        self.parts()
            .live
            .publish(to, event(news.before, after), data);
        Ok(())
    }

    /// Changes how I want to be seen. Friends see the difference at once, and so do my own tabs.
    /// What comes after the choice is stored cannot undo it: friends who could not be told are told
    /// as soon as it is possible.
    pub(crate) async fn choose(
        &self,
        actor: &Actor,
        wanted: ChosenStatus,
    ) -> Result<OwnStatus, AppError> {
        let _turn = self
            .parts()
            .store
            .before_deadline(self.inner.turn.lock())
            .await?;
        let user = actor.user;
        let write = move |tx: &mut Tx<'_>| {
            let before = store::chosen(tx.conn, &[user])?.remove(&user);
            store::choose(tx.conn, user, wanted)?;
            Ok(before.unwrap_or_default())
        };
        let before = self.parts().store.write(write).await?;
        let entries = self.entries_or_own(&[user]).await;
        let entries = entries.ok().and_then(|mut entries| entries.pop());
        let entries = entries.unwrap_or_else(|| self.local().of(user, self.monotonic()));
        let own = super::views::own_status(wanted, &entries);
        self.parts()
            .live
            .publish(&[user], "own_status", serde_json::to_value(own)?);
        let before = seen(&entries, before);
        if before != own.presence {
            self.tell_choice(user, before, own.presence).await;
        }
        Ok(own)
    }

    async fn tell_choice(&self, user: UserId, before: Presence, after: Presence) {
        let news = PresenceChange {
            user,
            before: Some(before),
            after,
            why: RecheckReason::ChoiceChanged,
        };
        let told = async {
            let known = self.choices_and_friends(vec![user]).await?.remove(&user);
            let (_, friends) = known.unwrap_or_default();
            self.publish_changes(vec![(news, friends)]).await
        };
        if let Err(error) = told.await {
            tracing::warn!(error = %error.chain(), "friends are told of a choice later");
            self.local().mark(user, RecheckReason::ChoiceChanged);
            self.inner.wake.notify_one();
        }
    }

    /// Tells two who are friends from now on how they find each other.
    pub(crate) async fn announce_friendship(&self, people: [&Person; 2]) -> Result<(), AppError> {
        let [one, other] = people;
        let ids = [one.summary.id, other.summary.id];
        let seen = self.seen(&ids, |id| {
            let person = if *id == one.summary.id { one } else { other };
            person.shows_presence
        });
        let seen = seen.await?;
        for (person, to) in [(one, ids[1]), (other, ids[0])] {
            let status = seen.get(&person.summary.id).copied();
            if let Some(status) = status.filter(|status| status.is_online()) {
                let data = FriendPresence {
                    user_id: person.summary.id,
                    username: person.summary.username.clone(),
                    status,
                };
                let data = serde_json::to_value(data)?;
                self.parts().live.publish(&[to], "user_online", data);
            }
        }
        Ok(())
    }
}

impl Lost {
    /// As it stands in the registry while it may come back.
    fn entry(&self) -> Member {
        Member {
            entry: self.member.entry.lost(),
            ..self.member.clone()
        }
    }
}

/// How these entries are seen by friends.
pub(super) fn seen(entries: &Entries, chosen: ChosenStatus) -> Presence {
    presence(entries.states(), entries.playing(), chosen)
}

/// What there is to tell. Of those who want to be invisible nothing is told but that they have just
/// become it: that looks as if they had gone.
fn news(
    user: UserId,
    change: &Change,
    now: Entries,
    chosen: ChosenStatus,
) -> Option<PresenceChange> {
    let after = seen(&now, chosen);
    let before = seen(&change.undone(now), chosen);
    let is_visible = chosen != ChosenStatus::Invisible;
    let is_worth_telling = match change.why {
        RecheckReason::Changed => before != after,
        RecheckReason::IfGone => is_visible && !after.is_online(),
        RecheckReason::Again => is_visible,
        RecheckReason::PrivacyChanged => before.is_online() || after.is_online(),
        RecheckReason::ChoiceChanged => true,
    };
    is_worth_telling.then_some(PresenceChange {
        user,
        before: (change.why == RecheckReason::Changed).then_some(before),
        after,
        why: change.why,
    })
}

fn event(before: Option<Presence>, after: Presence) -> &'static str {
    match (before.map(Presence::is_online), after.is_online()) {
        (_, false) => "user_offline",
        (Some(true), true) => "user_status",
        (_, true) => "user_online",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_says_what_is_new() {
        use Presence::{Away, InMatch, Offline, Online};
        assert_eq!(event(Some(Offline), Online), "user_online");
        assert_eq!(event(None, Away), "user_online");
        assert_eq!(event(Some(Online), InMatch), "user_status");
        assert_eq!(event(Some(Away), Offline), "user_offline");
        assert_eq!(event(None, Offline), "user_offline");
    }
}
