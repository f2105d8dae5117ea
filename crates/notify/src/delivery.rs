//! Turns events into notifications, on the channels that their recipients prefer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use contract::catalogue::EventName;
use contract::chat::ChatId;
use contract::notify::{
    Action, Badges, Channels, DigestFrequency, NotificationCreated, NotificationEvent,
    NotificationPreferences, chat_of_subject,
};
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::names::Rename;
use db::types::Json;
use db::{AnyConn, Tx};
use jobs::BatchHandler;
use kernel::{AppError, Timestamp, UserId};
use outbox::{Emit, NewEvent};
use serde_json::{Map, Value};

use crate::locks::lock_users;
use crate::ports::RecipientDirectory;
use crate::queries::notifications::{self, NotificationRow};
use crate::queries::{inserts, preferences, resolutions};
use crate::resolution::deleted_events;
use crate::rules::{actor, subject};
use crate::{Notify, digest};

/// Handles [`NotificationEvent`].
pub(crate) struct DeliverHandler(pub(crate) Notify);

impl BatchHandler<NotificationEvent> for DeliverHandler {
    fn run(&self, tx: &mut Tx<'_>, events: Vec<NotificationEvent>) -> Result<(), AppError> {
        let mut up_to_seq = BTreeMap::new();
        for (member, seq) in events.iter().filter_map(message_of) {
            let greatest = up_to_seq.entry(member).or_insert(seq);
            *greatest = seq.max(*greatest);
        }
        deliver(tx, &self.0, events)?;
        self.0.parts.chats.record_notified(tx, &up_to_seq)
    }
}

/// The recipient, the chat and the sequence number of a message. Nodes of older versions enqueue
/// notifications of messages without recording them in the chat.
fn message_of(event: &NotificationEvent) -> Option<((UserId, ChatId), i64)> {
    if event.action != Action::NewMessage {
        return None;
    }
    let (subject, seq) = subject::of(event);
    Some(((event.user_id, chat_of_subject(&subject)?), seq))
}

/// Notifies users, once per key. Returns the number of new notifications.
pub(crate) fn deliver(
    tx: &mut Tx<'_>,
    notify: &Notify,
    events: Vec<NotificationEvent>,
) -> Result<usize, AppError> {
    let config = notify.config;
    let users: BTreeSet<UserId> = events.iter().map(|event| event.user_id).collect();
    lock_users(tx.conn, &users)?;
    let drafts: Vec<NotificationDraft> = events.into_iter().map(NotificationDraft::new).collect();
    let context = DeliveryContext::load(tx, &*notify.parts.users, &users, &drafts)?;
    let rows = drafts
        .into_iter()
        .filter_map(|draft| context.row(tx, draft));
    let mut new: Vec<NotificationRow> = rows.collect();
    let inserted = inserts::insert_all(tx.conn, &new)?;
    new.retain(|row| inserted.contains(&row.id));
    inserts::delete_replaced_read(tx.conn, &new)?;
    let replaced = inserts::delete_replaced_mailed(tx.conn, &new)?;
    inserts::delete_surplus(tx.conn, &new, config.max_per_user)?;
    let count = new.len();
    new.retain(|row| row.read_at.is_none());
    let mailed = new.iter().filter(|row| row.by_mail);
    let mailed: BTreeSet<UserId> = mailed.map(|row| row.user_id).collect();
    digest::schedule(tx, mailed, context.now + config.digest_after)?;
    // All events are emitted at once, which locks the streams in one order.
    let mut events = deleted_events(tx, replaced)?;
    events.extend(created_events(tx, &new)?);
    tx.emit_all(events)?;
    Ok(count)
}

/// An event that may become a notification.
struct NotificationDraft {
    event: NotificationEvent,
    subject: String,
    seq: i64,
    actor: Option<UserId>,
}

impl NotificationDraft {
    fn new(event: NotificationEvent) -> Self {
        let (subject, seq) = subject::of(&event);
        Self {
            actor: actor::of(&event.data),
            event,
            subject,
            seq,
        }
    }
}

/// What decides about drafts.
struct DeliveryContext {
    preferences: HashMap<UserId, NotificationPreferences>,
    /// Up to which sequence number users have resolved subjects.
    resolved: HashMap<(UserId, String), i64>,
    /// The current names of the actors.
    names: HashMap<UserId, Rename>,
    /// The pairs of recipient and actor of whom one has blocked the other.
    blocked: HashSet<(UserId, UserId)>,
    now: Timestamp,
}

impl DeliveryContext {
    fn load(
        tx: &mut Tx<'_>,
        directory: &dyn RecipientDirectory,
        users: &BTreeSet<UserId>,
        drafts: &[NotificationDraft],
    ) -> Result<Self, AppError> {
        let subjects = drafts.iter().map(|draft| draft.subject.as_str());
        let mut subjects: BTreeSet<&str> = subjects.collect();
        subjects.insert(subject::EVERYTHING);
        Ok(Self {
            preferences: preferences::load_all(tx.conn, users)?,
            resolved: resolutions::load(tx.conn, users, &subjects)?,
            names: load_names(tx.conn, directory, drafts)?,
            blocked: load_blocked(tx.conn, directory, drafts)?,
            now: tx.env().now(),
        })
    }

    /// The channels on which the recipient wants an event.
    fn channels(&self, event: &NotificationEvent) -> Channels {
        let defaults = NotificationPreferences::default();
        let preferences = self.preferences.get(&event.user_id).unwrap_or(&defaults);
        let wanted = preferences.kinds.of(event.action);
        Channels {
            in_app: wanted.in_app,
            email: wanted.email && preferences.digest != DigestFrequency::Off,
        }
    }

    fn is_forgotten(&self, user: UserId) -> bool {
        let everything = (user, subject::EVERYTHING.to_owned());
        self.resolved.contains_key(&everything)
    }

    /// Up to which sequence number the recipient has resolved the subject.
    fn resolved_up_to(&self, draft: &NotificationDraft) -> Option<i64> {
        let key = (draft.event.user_id, draft.subject.clone());
        self.resolved.get(&key).copied()
    }

    /// Whether the draft is dropped.
    fn is_void(&self, draft: &NotificationDraft) -> bool {
        let user = draft.event.user_id;
        let pair = draft.actor.map(|actor| (user, actor));
        self.is_forgotten(user)
            || self.resolved_up_to(draft) == Some(subject::WITHDRAWN)
            || pair.is_some_and(|pair| self.blocked.contains(&pair))
    }

    /// The row to insert, unless the draft is dropped or wanted on no channel.
    fn row(&self, tx: &Tx<'_>, mut draft: NotificationDraft) -> Option<NotificationRow> {
        let channels = self.channels(&draft.event);
        let is_unwanted = !channels.in_app && !channels.email;
        if is_unwanted || self.is_void(&draft) {
            return None;
        }
        let resolved = self.resolved_up_to(&draft);
        let is_resolved = resolved.is_some_and(|up_to| up_to >= draft.seq);
        if let Some(rename) = draft.actor.and_then(|actor| self.names.get(&actor)) {
            rename.apply(&mut draft.event.data);
        }
        Some(NotificationRow {
            id: tx.env().id(),
            user_id: draft.event.user_id,
            key: draft.event.key,
            action: draft.event.action.as_text().to_owned(),
            data: Json(draft.event.data),
            subject: draft.subject,
            seq: draft.seq,
            in_app: channels.in_app,
            by_mail: channels.email,
            delivery_id: None,
            created_at: self.now,
            read_at: is_resolved.then_some(self.now),
            actor_id: draft.actor,
        })
    }
}

/// Loads the current names of the actors, which may have changed since the events were stored.
fn load_names(
    conn: &mut AnyConn,
    directory: &dyn RecipientDirectory,
    drafts: &[NotificationDraft],
) -> Result<HashMap<UserId, Rename>, AppError> {
    let actors = drafts.iter().filter_map(|draft| draft.actor);
    let actors: BTreeSet<UserId> = actors.collect();
    let actors: Vec<UserId> = actors.into_iter().collect();
    let found = directory.summaries(conn, &actors)?;
    let entry = |(id, summary)| Ok((id, rename_to(&summary)?));
    found.into_iter().map(entry).collect()
}

/// Replaces the names of a user, whatever they were, by those of the summary.
pub(crate) fn rename_to(summary: &UserSummary) -> Result<Rename, AppError> {
    let fields = match serde_json::to_value(summary)? {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Ok(Rename {
        user: summary.id,
        former: None,
        fields,
    })
}

fn load_blocked(
    conn: &mut AnyConn,
    directory: &dyn RecipientDirectory,
    drafts: &[NotificationDraft],
) -> Result<HashSet<(UserId, UserId)>, AppError> {
    let pair = |draft: &NotificationDraft| Some((draft.event.user_id, draft.actor?));
    let pairs: BTreeSet<(UserId, UserId)> = drafts.iter().filter_map(pair).collect();
    let pairs: Vec<_> = pairs.into_iter().collect();
    let blocked = directory.blocked(conn, &pairs)?;
    let both = pairs.into_iter().zip(blocked);
    Ok(both
        .filter_map(|(pair, is_blocked)| is_blocked.then_some(pair))
        .collect())
}

/// The events of new notifications that are shown in the app.
fn created_events(tx: &mut Tx<'_>, new: &[NotificationRow]) -> Result<Vec<NewEvent>, AppError> {
    let shown = || new.iter().filter(|row| row.in_app);
    let users: BTreeSet<UserId> = shown().map(|row| row.user_id).collect();
    if users.is_empty() {
        return Ok(vec![]);
    }
    let badges = notifications::badges(tx.conn, &users)?;
    shown()
        .filter_map(|row| created_event(row, badges.get(&row.user_id)))
        .collect()
}

fn created_event(
    row: &NotificationRow,
    badges: Option<&Badges>,
) -> Option<Result<NewEvent, AppError>> {
    let created = NotificationCreated {
        notification: row.to_dto()?,
        unread: badges.cloned().unwrap_or_default(),
    };
    let stream = StreamName::User(row.user_id);
    Some(NewEvent::new(stream, EventName::Notification, &created))
}
