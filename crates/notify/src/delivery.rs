//! Something happened: whom it concerns is told, on the ways they want.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use contract::chat::ChatId;
use contract::notify::{
    Action, Badges, Channels, DigestFrequency, NotificationCreated, NotificationEvent,
    NotificationPreferences, chat_of_subject,
};
use contract::users::UserSummary;
use db::names::Rename;
use db::types::Json;
use db::{AnyConn, Tx};
use jobs::BatchHandler;
use kernel::{AppError, Timestamp, UserId};
use outbox::{Emit, NewEvent};
use serde_json::{Map, Value};

use crate::ports::People;
use crate::resolution::removed_events;
use crate::rules::{actor, kinds, topic};
use crate::service::{lock, stream_of};
use crate::store::notifications::{self, Row};
use crate::store::{arrivals, preferences, settled};
use crate::{Notify, mail};

/// Turns what happened into notifications.
pub(crate) struct DeliverHandler(pub(crate) Notify);

impl BatchHandler<NotificationEvent> for DeliverHandler {
    fn run(&self, tx: &mut Tx<'_>, happened: Vec<NotificationEvent>) -> Result<(), AppError> {
        let mut newest = BTreeMap::new();
        for (place, seq) in happened.iter().filter_map(message_of) {
            let known = newest.entry(place).or_insert(seq);
            *known = seq.max(*known);
        }
        take_in(tx, &self.0, happened)?;
        self.0.parts.conversations.note_notified(tx, &newest)
    }
}

/// Who is told of which place in which chat, where a node of an older version called them.
fn message_of(happened: &NotificationEvent) -> Option<((UserId, ChatId), i64)> {
    if happened.action != Action::NewMessage {
        return None;
    }
    let (subject, seq) = topic::of(happened);
    Some(((happened.user_id, chat_of_subject(&subject)?), seq))
}

/// What decides about something that happened.
struct Around {
    wishes: HashMap<UserId, NotificationPreferences>,
    settled: HashMap<(UserId, String), i64>,
    /// What those are called now who acted.
    names: HashMap<UserId, Rename>,
    /// Those who were told, and who acted, where one has blocked the other.
    blocked: HashSet<(UserId, UserId)>,
    now: Timestamp,
}

impl Around {
    fn of(
        tx: &mut Tx<'_>,
        people: &dyn People,
        users: &BTreeSet<UserId>,
        rows: &[Draft],
    ) -> Result<Self, AppError> {
        let mut subjects: BTreeSet<&str> = rows.iter().map(|row| row.subject.as_str()).collect();
        subjects.insert(topic::EVERYTHING);
        Ok(Self {
            wishes: preferences::of(tx.conn, users)?,
            settled: settled::of(tx.conn, users, &subjects)?,
            names: names(tx.conn, people, rows)?,
            blocked: blocked(tx.conn, people, rows)?,
            now: tx.env().now(),
        })
    }

    /// The ways on which somebody hears of it.
    fn channels(&self, happened: &NotificationEvent) -> Channels {
        let usual = NotificationPreferences::default();
        let wishes = self.wishes.get(&happened.user_id).unwrap_or(&usual);
        let wanted = wishes.kinds.of(happened.action);
        Channels {
            in_app: wanted.in_app,
            email: wanted.email && wishes.digest != DigestFrequency::Off,
        }
    }

    fn is_forgotten(&self, user: UserId) -> bool {
        let everything = (user, topic::EVERYTHING.to_owned());
        self.settled.contains_key(&everything)
    }

    /// Up to which place of its subject its person has dealt with it.
    fn settled_up_to(&self, draft: &Draft) -> Option<i64> {
        let key = (draft.happened.user_id, draft.subject.clone());
        self.settled.get(&key).copied()
    }

    /// Whether nobody is to hear of it any more.
    fn is_void(&self, draft: &Draft) -> bool {
        let user = draft.happened.user_id;
        let pair = draft.actor.map(|actor| (user, actor));
        self.is_forgotten(user)
            || self.settled_up_to(draft) == Some(topic::WITHDRAWN)
            || pair.is_some_and(|pair| self.blocked.contains(&pair))
    }

    /// What is stored of it; nothing where nobody wants to hear.
    fn row(&self, tx: &Tx<'_>, mut draft: Draft) -> Option<Row> {
        let channels = self.channels(&draft.happened);
        let unwanted = !channels.in_app && !channels.email;
        if unwanted || self.is_void(&draft) {
            return None;
        }
        let settled = self.settled_up_to(&draft);
        let read_at = settled.filter(|upto| *upto >= draft.place);
        if let Some(renamed) = draft.actor.and_then(|actor| self.names.get(&actor)) {
            renamed.apply(&mut draft.happened.data);
        }
        Some(Row {
            id: tx.env().id(),
            user_id: draft.happened.user_id,
            key: draft.happened.key,
            action: kinds::name(draft.happened.action).to_owned(),
            data: Json(draft.happened.data),
            subject: draft.subject,
            place: draft.place,
            in_app: channels.in_app,
            by_mail: channels.email,
            delivery_id: None,
            created_at: self.now,
            read_at: read_at.map(|_| self.now),
            actor_id: draft.actor,
        })
    }
}

/// Something that happened, and what settles it.
struct Draft {
    happened: NotificationEvent,
    subject: String,
    place: i64,
    actor: Option<UserId>,
}

impl Draft {
    fn new(happened: NotificationEvent) -> Self {
        let (subject, place) = topic::of(&happened);
        Self {
            actor: actor::of(&happened.data),
            happened,
            subject,
            place,
        }
    }
}

/// What those are called who acted: their names may have changed since it was written down.
fn names(
    conn: &mut AnyConn,
    people: &dyn People,
    drafts: &[Draft],
) -> Result<HashMap<UserId, Rename>, AppError> {
    let actors: BTreeSet<UserId> = drafts.iter().filter_map(|draft| draft.actor).collect();
    let actors: Vec<UserId> = actors.into_iter().collect();
    let found = people.summaries(conn, &actors)?;
    let entry = |(id, summary)| Ok((id, renamed(id, &summary)?));
    found.into_iter().map(entry).collect()
}

/// What a person is called, to be written over what they were called.
pub(crate) fn renamed(person: UserId, summary: &UserSummary) -> Result<Rename, AppError> {
    let fields = match serde_json::to_value(summary)? {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Ok(Rename {
        user: person,
        former: None,
        fields,
    })
}

fn blocked(
    conn: &mut AnyConn,
    people: &dyn People,
    drafts: &[Draft],
) -> Result<HashSet<(UserId, UserId)>, AppError> {
    let pair = |draft: &Draft| Some((draft.happened.user_id, draft.actor?));
    let pairs: BTreeSet<(UserId, UserId)> = drafts.iter().filter_map(pair).collect();
    let pairs: Vec<_> = pairs.into_iter().collect();
    let blocked = people.blocked(conn, &pairs)?;
    let both = pairs.into_iter().zip(blocked);
    Ok(both.filter_map(|(pair, is)| is.then_some(pair)).collect())
}

/// Tells people of what happened to them, each thing once; how many were told of something new.
pub(crate) fn take_in(
    tx: &mut Tx<'_>,
    notify: &Notify,
    happened: Vec<NotificationEvent>,
) -> Result<usize, AppError> {
    let config = notify.config;
    let users: BTreeSet<UserId> = happened.iter().map(|one| one.user_id).collect();
    lock(tx.conn, &users)?;
    let drafts: Vec<Draft> = happened.into_iter().map(Draft::new).collect();
    let around = Around::of(tx, &*notify.parts.people, &users, &drafts)?;
    let rows = drafts.into_iter().filter_map(|draft| around.row(tx, draft));
    let mut new: Vec<Row> = rows.collect();
    let stored = arrivals::insert_all(tx.conn, &new)?;
    new.retain(|row| stored.contains(&row.id));
    arrivals::replace_read(tx.conn, &new)?;
    let replaced = arrivals::replace_mailed(tx.conn, &new)?;
    arrivals::trim(tx.conn, &new, config.keep)?;
    let count = new.len();
    new.retain(|row| row.read_at.is_none());
    let mailed = new.iter().filter(|row| row.by_mail);
    let mailed: BTreeSet<UserId> = mailed.map(|row| row.user_id).collect();
    mail::look_later(tx, mailed, around.now + config.mail_after)?;
    // All at once, so that the streams of people are held in one order.
    let mut events = removed_events(tx, replaced)?;
    events.extend(new_events(tx, &new)?);
    tx.emit_all(events)?;
    Ok(count)
}

/// What the sockets of each are told of what is new to them.
fn new_events(tx: &mut Tx<'_>, new: &[Row]) -> Result<Vec<NewEvent>, AppError> {
    let shown = || new.iter().filter(|row| row.in_app);
    let users: BTreeSet<UserId> = shown().map(|row| row.user_id).collect();
    if users.is_empty() {
        return Ok(vec![]);
    }
    let badges = notifications::badges(tx.conn, &users)?;
    shown()
        .filter_map(|row| news(row, badges.get(&row.user_id)))
        .collect()
}

fn news(row: &Row, badges: Option<&Badges>) -> Option<Result<NewEvent, AppError>> {
    let news = NotificationCreated {
        notification: row.told()?,
        unread: badges.cloned().unwrap_or_default(),
    };
    Some(NewEvent::new(stream_of(row.user_id), "notification", &news))
}
