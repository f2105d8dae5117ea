//! Entering, holding and leaving a place in the queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{Bus, Cluster, Topic};
use contract::queue::{QueueTicket, Queued};
use db::{Tx, map_unique_violation};
use kernel::{Actor, AppError, Timestamp, UserId};
use outbox::NodeId;
use serde_json::{Map, Value, json};

use super::kept_places::{KeptPlace, KeptPlaces};
use super::running_matchers::RunningMatchers;
use super::wait_times::WaitTimes;
use crate::Error;
use crate::catalogue::{Game, Wants};
use crate::parts::GamesParts;
use crate::queries::conduct;
use crate::queries::engagements::{self, EngagementKind, EngagementRow};
use crate::queries::tickets::{self, TicketTimes};
use crate::queued_ticket::{JUST_MET, QueueChange, QueuedTicket, TICKET_TTL};
use crate::rules::width;

/// How long a place lasts whose socket was closed, so that a client can reconnect.
const RELEASED_TTL: Duration = Duration::from_secs(10);
/// For how long the tickets of a game are remembered to tell users their places.
const PLACES_TTL: Duration = Duration::from_millis(1_500);

/// The queue for matches against other users.
///
/// All methods may fail as `unavailable` or `overloaded` if the database does; each names its other
/// errors.
#[async_trait]
pub trait QueueService: Send + Sync {
    /// Enters the queue of a game, with what the user accepts.
    ///
    /// # Errors
    /// `games.game_not_found`; `games.options_invalid`; `games.barred` with the time until which the user
    /// may not enter; `games.queued` with the ticket if the user waits already, whose place then lasts
    /// longer; `games.engaged` with the match if the user is in one.
    async fn enter(
        &self,
        actor: &Actor,
        game: &str,
        wanted: &Map<String, Value>,
    ) -> Result<QueueTicket, AppError>;

    /// Enters the queue of a game, or takes over the place that the user has in it.
    ///
    /// # Errors
    /// As [`enter`](Self::enter); `games.queued` only if the user waits for another game.
    async fn hold(
        &self,
        actor: &Actor,
        game: &str,
        wanted: &Map<String, Value>,
    ) -> Result<QueueTicket, AppError>;

    /// Lets the place of a user last until the result is dropped.
    fn keep(&self, user: UserId) -> KeptPlace;

    /// A socket that held a place was closed: it is lost soon, unless another one holds it or takes it over.
    ///
    /// # Errors
    /// Only those of the database.
    async fn release(&self, user: UserId) -> Result<(), AppError>;

    /// Leaves the queue of a game. It is no error if the user does not wait. A user who has a match from
    /// the queue does not return to it if the match does not come about.
    ///
    /// # Errors
    /// `games.game_not_found`.
    async fn leave(&self, user: UserId, game: &str) -> Result<(), AppError>;

    /// The place of a user in the queue of a game; `None` if they do not wait.
    ///
    /// # Errors
    /// `games.game_not_found`.
    async fn place(&self, user: UserId, game: &str) -> Result<Option<Queued>, AppError>;
}

/// The queue in a database. Clones share everything.
#[derive(Clone)]
pub struct MatchQueue {
    parts: GamesParts,
    node: NodeId,
    bus: Arc<dyn Bus>,
    places: Arc<Mutex<HashMap<String, KnownPlaces>>>,
    waits: Arc<Mutex<HashMap<String, WaitTimes>>>,
    kept: KeptPlaces,
    matchers: RunningMatchers,
}

/// The tickets of a game as of a moment.
#[derive(Clone)]
struct KnownPlaces {
    read_at: Duration,
    tickets: Arc<Vec<QueuedTicket>>,
}

/// The topic of what happens in the queue of a game.
pub(super) fn queue_topic(game: &str) -> Topic {
    Topic::of("queue", game)
}

/// How a user enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entering {
    /// Somebody who waits already is refused.
    Anew,
    /// Somebody who waits for the game already goes on.
    Again,
}

/// The result of entering.
enum Entered {
    Waits(QueuedTicket, TicketTimes),
    /// The user waits already, and is told so.
    WaitedAlready(TicketTimes),
}

impl MatchQueue {
    /// The queue of this node.
    #[must_use]
    pub fn new(parts: GamesParts, node: NodeId, cluster: &Cluster) -> Self {
        Self {
            parts,
            node,
            bus: Arc::clone(&cluster.bus),
            places: Arc::default(),
            waits: Arc::default(),
            kept: KeptPlaces::default(),
            matchers: RunningMatchers::default(),
        }
    }

    pub(super) const fn matchers(&self) -> &RunningMatchers {
        &self.matchers
    }

    /// Stops the matchers of this node and gives their leases back, so that another node pairs at once.
    pub async fn stop_matchers(&self) {
        self.matchers.stop().await;
    }

    pub(super) fn parts(&self) -> &GamesParts {
        &self.parts
    }

    pub(super) fn publish(&self, game: &str, change: &QueueChange) {
        match serde_json::to_vec(change) {
            Ok(payload) => self.bus.publish(&queue_topic(game), payload.into()),
            Err(error) => tracing::error!(%error, "change of the queue not encoded"),
        }
    }

    /// Prolongs the places that sockets of this node hold, in one statement.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn extend_kept(&self) -> Result<(), AppError> {
        let users = self.kept.users();
        if users.is_empty() {
            return Ok(());
        }
        let write = move |tx: &mut Tx<'_>| {
            let until = tx.env().now() + TICKET_TTL;
            Ok(tickets::extend(tx.conn, &users, until)?)
        };
        self.parts.store.write(write).await
    }

    /// Tells the matcher of users who have returned to the queue.
    pub(crate) fn note_returned(&self, game: &str, tickets: Vec<QueuedTicket>) {
        for ticket in tickets {
            self.publish(game, &QueueChange::Entered(ticket));
        }
    }

    /// Notes how long somebody has waited.
    pub(super) fn note_wait(&self, game: &str, rating: f64, seconds: u32) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let times = waits.entry(game.to_owned()).or_default();
        times.add(rating, seconds);
    }

    fn find(&self, game: &str) -> Result<&'static dyn Game, AppError> {
        Ok(self.parts.catalog.find(game).ok_or(Error::GameNotFound)?)
    }

    async fn enter_as(
        &self,
        actor: &Actor,
        game: &str,
        wanted: &Map<String, Value>,
        entering: Entering,
    ) -> Result<QueueTicket, AppError> {
        let game = self.find(game)?;
        let wants = game.wants(wanted)?;
        let (user, node) = (actor.user, self.node);
        let write = move |tx: &mut Tx<'_>| enter(tx, game.slug(), user, wants, node, entering);
        match self.parts.store.write(write).await? {
            Entered::Waits(ticket, times) => {
                self.publish(game.slug(), &QueueChange::Entered(ticket));
                Ok(into_response(game.slug(), times))
            }
            Entered::WaitedAlready(times) => {
                let ticket = into_response(game.slug(), times);
                Err(AppError::from(Error::Queued).with("ticket", serde_json::to_value(ticket)?))
            }
        }
    }

    /// The tickets of a game, the earliest first.
    async fn tickets(&self, game: &'static str) -> Result<Arc<Vec<QueuedTicket>>, AppError> {
        let now = self.parts.store.env().monotonic();
        let known = self.known().get(game).cloned();
        let is_fresh = |known: &KnownPlaces| now.saturating_sub(known.read_at) < PLACES_TTL;
        if let Some(known) = known.filter(is_fresh) {
            return Ok(known.tickets);
        }
        let read = self
            .parts
            .store
            .read(move |conn| Ok(tickets::load(conn, game)?));
        let tickets = Arc::new(read.await?);
        let known = KnownPlaces {
            read_at: now,
            tickets: Arc::clone(&tickets),
        };
        self.known().insert(game.to_owned(), known);
        Ok(tickets)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, KnownPlaces>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn estimate(&self, game: &str, rating: f64) -> Option<u32> {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.get(game)?.estimate(rating)
    }
}

#[async_trait]
impl QueueService for MatchQueue {
    async fn enter(
        &self,
        actor: &Actor,
        game: &str,
        wanted: &Map<String, Value>,
    ) -> Result<QueueTicket, AppError> {
        self.enter_as(actor, game, wanted, Entering::Anew).await
    }

    async fn hold(
        &self,
        actor: &Actor,
        game: &str,
        wanted: &Map<String, Value>,
    ) -> Result<QueueTicket, AppError> {
        self.enter_as(actor, game, wanted, Entering::Again).await
    }

    fn keep(&self, user: UserId) -> KeptPlace {
        self.kept.keep(user)
    }

    async fn release(&self, user: UserId) -> Result<(), AppError> {
        if self.kept.holds(user) {
            return Ok(());
        }
        let node = self.node;
        let write = move |tx: &mut Tx<'_>| {
            let until = tx.env().now() + RELEASED_TTL;
            Ok(tickets::shorten(tx.conn, user, node, until)?)
        };
        self.parts.store.write(write).await
    }

    async fn leave(&self, user: UserId, game: &str) -> Result<(), AppError> {
        let game = self.find(game)?.slug();
        let write = move |tx: &mut Tx<'_>| {
            if tickets::times(tx.conn, user, game)?.is_some() {
                tickets::delete(tx.conn, user)?;
                if engagements::delete_queued(tx.conn, &[user])? > 0 {
                    return Ok(());
                }
            }
            // The user has a match, perhaps since a moment ago.
            Ok(engagements::forget_ticket(tx.conn, user, game)?)
        };
        self.parts.store.write(write).await?;
        self.publish(game, &QueueChange::Left(user));
        Ok(())
    }

    async fn place(&self, user: UserId, game: &str) -> Result<Option<Queued>, AppError> {
        let game = self.find(game)?.slug();
        let tickets = self.tickets(game).await?;
        let now = self.parts.store.env().now();
        let position = tickets.iter().position(|ticket| ticket.user == user);
        let ticket = position.and_then(|at| Some((at, tickets.get(at)?)));
        Ok(ticket.map(|(at, ticket)| Queued {
            game: game.to_owned(),
            position: to_count(at + 1),
            waited: seconds(now.since(ticket.joined_at())),
            band: band(ticket, now),
            others: to_count(tickets.len() - 1),
            estimate: self.estimate(game, ticket.rating),
            paused: !self.bus.is_healthy(),
        }))
    }
}

/// Enters the queue, or prolongs the place that the user has.
fn enter(
    tx: &mut Tx<'_>,
    game: &'static str,
    user: UserId,
    wants: Wants,
    node: NodeId,
    entering: Entering,
) -> Result<Entered, AppError> {
    let now = tx.env().now();
    if let Some(until) = conduct::barred_until(tx.conn, user, now)? {
        let barred = Error::Barred.retry_after(until.since(now));
        return Err(barred.with("until", serde_json::to_value(until)?));
    }
    let expires_at = now + TICKET_TTL;
    let waits = tickets::times(tx.conn, user, game)?;
    if waits.is_none() {
        engage(tx, game, user, now)?;
    }
    if let (Some(times), Entering::Anew) = (waits, entering) {
        tickets::extend(tx.conn, &[user], expires_at)?;
        return Ok(Entered::WaitedAlready(TicketTimes {
            expires_at,
            ..times
        }));
    }
    let profile = tickets::profile(tx.conn, user, game, now - JUST_MET)?;
    let joined_at = waits.map_or(now, |times| times.joined_at);
    let ticket = QueuedTicket::new(user, wants, profile, joined_at);
    tickets::save(tx.conn, game, &ticket, expires_at, Some(node))?;
    let times = TicketTimes {
        joined_at,
        expires_at,
    };
    Ok(Entered::Waits(ticket, times))
}

/// Engages the user in the queue. A match alone ends.
fn engage(
    tx: &mut Tx<'_>,
    game: &'static str,
    user: UserId,
    now: Timestamp,
) -> Result<(), AppError> {
    let engaged = engagements::of_users(tx.conn, &[user])?;
    for row in &engaged {
        match EngagementKind::from_text(&row.kind)? {
            EngagementKind::Solo => crate::opening::end_solo(tx, row)?,
            EngagementKind::Queue => {
                let other = json!({"game": row.game, "joined_at": row.created_at});
                return Err(AppError::from(Error::Queued).with("ticket", other));
            }
            EngagementKind::Match => {
                let id = serde_json::to_value(row.match_id)?;
                return Err(AppError::from(Error::Engaged).with("match_id", id));
            }
        }
    }
    // Nothing is read again: a place that another request has taken meanwhile refuses this one.
    let row = EngagementRow::new(user, EngagementKind::Queue, None, game, now);
    map_unique_violation(engagements::insert(tx.conn, row), || Error::Engaged)
}

fn into_response(game: &str, times: TicketTimes) -> QueueTicket {
    QueueTicket {
        game: game.to_owned(),
        joined_at: times.joined_at,
        expires_at: times.expires_at,
    }
}

/// The ratings of opponents that come into question.
#[allow(
    clippy::cast_possible_truncation,
    reason = "ratings and widths are small"
)]
fn band(ticket: &QueuedTicket, now: Timestamp) -> Option<[i32; 2]> {
    let width = width(&ticket.player(now))?;
    let bounds = [ticket.rating - width, ticket.rating + width];
    Some(bounds.map(|bound| bound.round() as i32))
}

fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

fn to_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
