//! Something happened: whom it concerns is told, on the ways they want.

use std::collections::{BTreeSet, HashMap};

use ::store::jobs::Claimed;
use ::store::types::Json;
use ::store::{Event, Handler, Tx};
use async_trait::async_trait;
use contract::notify::{
    Badges, Channels, DigestFrequency, Happened, NotificationNews, NotificationPreferences,
};
use kernel::{Fault, Timestamp, UserId};

use crate::rules::{kinds, subject};
use crate::service::{lock, stream_of};
use crate::store::notifications::{self, Row};
use crate::store::{preferences, settled};
use crate::{Notify, NotifyConfig, mail};

/// Turns what happened into notifications.
pub(crate) struct Arrive(pub(crate) Notify);

#[async_trait]
impl Handler for Arrive {
    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let happened: Happened = job.arguments()?;
        let (config, job) = (self.0.config, job.clone());
        let write = move |tx: &mut Tx<'_>| {
            take_in(tx, config, vec![happened])?;
            job.complete(tx)
        };
        self.0.parts.store.write(write).await
    }
}

/// What decides about something that happened.
struct Around {
    wishes: HashMap<UserId, NotificationPreferences>,
    settled: HashMap<(UserId, String), i64>,
    now: Timestamp,
}

impl Around {
    fn of(tx: &mut Tx<'_>, users: &BTreeSet<UserId>, rows: &[Draft]) -> Result<Self, Fault> {
        let mut subjects: BTreeSet<&str> = rows.iter().map(|row| row.subject.as_str()).collect();
        subjects.insert(subject::EVERYTHING);
        Ok(Self {
            wishes: preferences::of(tx.conn, users)?,
            settled: settled::of(tx.conn, users, &subjects)?,
            now: tx.ambient().now(),
        })
    }

    /// The ways on which somebody hears of it.
    fn channels(&self, happened: &Happened) -> Channels {
        let usual = NotificationPreferences::default();
        let wishes = self.wishes.get(&happened.user_id).unwrap_or(&usual);
        let wanted = wishes.kinds.of(happened.action);
        Channels {
            in_app: wanted.in_app,
            email: wanted.email && wishes.digest != DigestFrequency::Off,
        }
    }

    fn is_forgotten(&self, user: UserId) -> bool {
        let everything = (user, subject::EVERYTHING.to_owned());
        self.settled.contains_key(&everything)
    }

    fn is_settled(&self, draft: &Draft) -> bool {
        let key = (draft.happened.user_id, draft.subject.clone());
        self.settled
            .get(&key)
            .is_some_and(|upto| *upto >= draft.place)
    }

    /// What is stored of it; nothing where nobody wants to hear.
    fn row(&self, tx: &Tx<'_>, draft: Draft) -> Option<Row> {
        let channels = self.channels(&draft.happened);
        let unwanted = !channels.in_app && !channels.email;
        if unwanted || self.is_forgotten(draft.happened.user_id) {
            return None;
        }
        let read_at = self.is_settled(&draft).then_some(self.now);
        Some(Row {
            id: tx.ambient().id(),
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
            read_at,
        })
    }
}

/// Something that happened, and what settles it.
struct Draft {
    happened: Happened,
    subject: String,
    place: i64,
}

impl Draft {
    fn new(happened: Happened) -> Self {
        let (subject, place) = subject::of(&happened);
        Self {
            happened,
            subject,
            place,
        }
    }
}

/// Tells people of what happened to them, each thing once; how many were told of something new.
pub(crate) fn take_in(
    tx: &mut Tx<'_>,
    config: NotifyConfig,
    happened: Vec<Happened>,
) -> Result<usize, Fault> {
    let users: BTreeSet<UserId> = happened.iter().map(|one| one.user_id).collect();
    lock(tx.conn, &users)?;
    let drafts: Vec<Draft> = happened.into_iter().map(Draft::new).collect();
    let around = Around::of(tx, &users, &drafts)?;
    let mut new = vec![];
    for draft in drafts {
        let Some(row) = around.row(tx, draft) else {
            continue;
        };
        if notifications::insert(tx.conn, &row)? {
            notifications::replace_read(tx.conn, &row)?;
            notifications::trim(tx.conn, row.user_id, row.in_app, config.keep)?;
            new.push(row);
        }
    }
    let count = new.len();
    new.retain(|row| row.read_at.is_none());
    for row in new.iter().filter(|row| row.by_mail) {
        mail::look_later(tx, row.user_id, around.now + config.mail_after)?;
    }
    tell(tx, &new)?;
    Ok(count)
}

/// Tells the sockets of each what is new to them.
fn tell(tx: &mut Tx<'_>, new: &[Row]) -> Result<(), Fault> {
    let shown = || new.iter().filter(|row| row.in_app);
    let users: BTreeSet<UserId> = shown().map(|row| row.user_id).collect();
    if users.is_empty() {
        return Ok(());
    }
    let badges = notifications::badges(tx.conn, &users)?;
    let events: Result<Vec<Event>, Fault> = shown()
        .filter_map(|row| news(row, badges.get(&row.user_id)))
        .collect();
    tx.emit_all(events?)
}

fn news(row: &Row, badges: Option<&Badges>) -> Option<Result<Event, Fault>> {
    let news = NotificationNews {
        notification: row.told()?,
        unread: badges.cloned().unwrap_or_default(),
    };
    Some(Event::new(stream_of(row.user_id), "notification", &news))
}
