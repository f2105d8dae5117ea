//! One match that this node runs.

use std::sync::Arc;
use std::time::Duration;

use contract::match_frames::{MatchInput, TableView};
use kernel::{AppError, Env, Timestamp, UserId};

use super::match_claim::MatchClaim;
use super::ports::PlayingGuard;
use super::receivers::{Receivers, spectator_delay};
use super::requests::{TableMailbox, TableRequest};
use super::restoring::{restore, spectator_states, tick_rate};
use super::saving::{SavedTable, Saving, read_points};
use super::simulation::Simulation;
use super::table_clock::TableClock;
use crate::catalogue::{Computer, Game, StepEvents, Strength};
use crate::frames::{InputAck, TickState, state_data};
use crate::port::{SeatSink, TableClose, TableSeat};
use crate::rules::{Lifecycle, LifecycleEffect, RematchOffers};
use crate::{ClaimedMatch, EndedMatch, MatchMode, Seat, TablePlayer, TimedPoint};

/// The time of a pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    /// Monotonic.
    pub(super) now: Duration,
    /// The ticks to be played.
    pub(super) ticks: u32,
    /// The time that clocks of the match run.
    pub(super) elapsed: Duration,
}

/// What a table wants to be done outside of its thread.
#[derive(Debug)]
pub(super) enum TableTask {
    NoteStart(Timestamp),
    End(Box<EndedMatch>),
    Rematch(Seat),
    Chat(Seat, u64, String, Option<String>),
}

/// How far a match is.
pub(super) enum Stage {
    Live,
    /// Its end is being stored.
    Ending,
    /// It has ended.
    Over(RematchOffers),
    /// The rematch that both players want is being opened.
    Rematching(RematchOffers),
    /// It has ended and is followed by none: for this long, its last state is still sent.
    Parting(Duration),
    /// It is to be removed.
    Gone,
}

/// An answer that waits until what it answers is saved.
pub(super) struct HeldAnswer {
    /// Nobody waits for the computer's.
    pub(super) to: Option<(Arc<dyn SeatSink>, Option<String>)>,
    /// Whether a write that has begun contains it.
    pub(super) is_covered: bool,
}

/// A match that this node runs.
pub(super) struct GameTable {
    pub(super) claimed: ClaimedMatch,
    pub(super) mailbox: Arc<TableMailbox>,
    pub(super) simulation: Simulation,
    pub(super) lifecycle: Lifecycle,
    pub(super) computers: [Option<Box<dyn Computer>>; 2],
    pub(super) receivers: Receivers,
    pub(super) saving: Saving,
    pub(super) points: Vec<TimedPoint>,
    pub(super) played: Duration,
    pub(super) clock: TableClock,
    /// For how long each player was not heard of while the match ran.
    pub(super) silence: [Duration; 2],
    pub(super) is_silent: [bool; 2],
    pub(super) stage: Stage,
    /// Show the players as in a match.
    pub(super) playing: [Option<PlayingGuard>; 2],
    /// Players who are not shown as in a match yet.
    pub(super) to_show: Vec<(Seat, UserId)>,
    pub(super) tasks: Vec<TableTask>,
    pub(super) held: Vec<HeldAnswer>,
    /// The last numbered message.
    pub(super) number: u32,
    /// Something has changed that players have not been sent.
    pub(super) is_dirty: bool,
    /// The time since a state was sent.
    pub(super) idle: Duration,
    /// The time of the passes that were left out since the last one.
    pub(super) left_out: Duration,
    /// How long after the last pass nothing happens by itself.
    pub(super) rest: Duration,
    pub(super) thinking: Duration,
    /// The keys that were held when the node before handed the match over.
    pub(super) carried: Option<[i8; 2]>,
    pub(super) inputs: Vec<(u64, MatchInput)>,
    pub(super) requests: Vec<TableRequest>,
}

/// A new lifecycle, or the saved one and what follows from going on.
fn lifecycle_of(
    claimed: &ClaimedMatch,
    simulation: &Simulation,
    saved: Option<&SavedTable>,
) -> (Lifecycle, Vec<LifecycleEffect>) {
    let (mode, tempo) = (claimed.mode, simulation.settled().tempo());
    let facts = simulation.facts(StepEvents::default());
    match saved {
        None => (Lifecycle::new(mode, tempo, facts), vec![]),
        Some(saved) => Lifecycle::restore(mode, tempo, facts, &saved.lifecycle, claimed.ownerless),
    }
}

impl GameTable {
    /// Goes on with a match, or begins it.
    ///
    /// # Errors
    /// The journal is damaged.
    pub(super) fn open(
        claimed: ClaimedMatch,
        game: &'static dyn Game,
        env: &Env,
    ) -> Result<Self, AppError> {
        let head = claimed
            .head
            .as_ref()
            .filter(|head| !head.snapshot.is_empty());
        let play = restore(game, &claimed.options, claimed.seed, head)?;
        let saved = head.map(|head| serde_json::from_str::<SavedTable>(&head.lifecycle));
        let saved = saved.transpose()?;
        let is_remote = !matches!(claimed.mode, MatchMode::Practice | MatchMode::Local);
        let clock = TableClock::new(env, claimed.ownerless + spectator_delay(claimed.mode));
        let now = env.monotonic();
        let (shown, later) = spectator_states(&claimed, game, &*play, saved.as_ref(), (clock, now));
        let seqs = head.map_or([0; 2], |head| head.seqs);
        let steered = saved.as_ref().map_or([false; 2], |saved| saved.steered);
        let simulation = Simulation::new(play, is_remote, seqs, steered);
        let (lifecycle, effects) = lifecycle_of(&claimed, &simulation, saved.as_ref());
        let mut table = Self {
            mailbox: Arc::default(),
            simulation,
            lifecycle,
            computers: computers(&claimed, game, env)?,
            receivers: Receivers::new(claimed.mode, claimed.epoch, shown, later),
            saving: match head {
                Some(head) => Saving::new(head.chunks, now).with_tail(head.tail()),
                None => Saving::new(0, now),
            },
            points: head.map_or_else(Vec::new, |head| read_points(&head.points)),
            played: Duration::from_millis(saved.as_ref().map_or(0, |saved| saved.played_ms)),
            clock,
            silence: [Duration::ZERO; 2],
            is_silent: [false; 2],
            stage: Stage::Live,
            playing: [None, None],
            to_show: vec![],
            tasks: vec![],
            held: vec![],
            number: saved.as_ref().map_or(0, |saved| saved.number),
            is_dirty: true,
            idle: Duration::ZERO,
            left_out: Duration::ZERO,
            rest: Duration::ZERO,
            thinking: Duration::ZERO,
            carried: saved.and_then(|saved| saved.directions),
            inputs: vec![],
            requests: vec![],
            claimed,
        };
        table.begin(effects, now);
        Ok(table)
    }

    /// Applies what follows from going on, and seats those who need no socket.
    fn begin(&mut self, effects: Vec<LifecycleEffect>, now: Duration) {
        let pass = Pass {
            now,
            ticks: 0,
            elapsed: Duration::ZERO,
        };
        self.receivers.show_due(now);
        self.apply(effects, &pass);
        self.seat_computers(&pass);
        if self.lifecycle.has_started() {
            Seat::BOTH
                .into_iter()
                .for_each(|seat| self.show_playing(seat));
        }
    }

    /// Shows the user in a seat as in a match, unless it is over or they play alone.
    pub(super) fn show_playing(&mut self, seat: Seat) {
        let is_solo = matches!(self.claimed.mode, MatchMode::Practice | MatchMode::Local);
        let is_shown = self.playing.get(seat.index()).is_some_and(Option::is_some);
        if let TablePlayer::User(user) = self.player(seat)
            && matches!(self.stage, Stage::Live)
            && !is_solo
            && !is_shown
        {
            self.to_show.push((seat, user));
        }
    }

    /// Computers are always there and ready.
    fn seat_computers(&mut self, pass: &Pass) {
        for seat in Seat::BOTH {
            if matches!(self.player(seat), TablePlayer::Computer { .. }) {
                let effects = self.lifecycle.follow(seat);
                self.apply(effects, pass);
            }
        }
    }

    /// The claim under which this node runs the match.
    pub(super) const fn claim(&self) -> MatchClaim {
        MatchClaim {
            id: self.claimed.id,
            epoch: self.claimed.epoch,
        }
    }

    pub(super) fn player(&self, seat: Seat) -> TablePlayer {
        seat.of(self.claimed.players)
    }

    /// The seats that a player's socket plays.
    pub(super) fn seats_of(&self, own: Seat) -> impl Iterator<Item = Seat> + use<> {
        let other = (self.player(own.other()) == TablePlayer::Local).then_some(own.other());
        std::iter::once(own).chain(other)
    }

    /// What somebody who joins is told.
    pub(super) fn view(&self, seat: TableSeat, now: Duration) -> Result<TableView, AppError> {
        let (server_time, elapsed_ms) = self.clock.at(now);
        let settled = self.simulation.settled();
        let (state, score) = match seat {
            TableSeat::Player(seat) => {
                let epoch = self.claimed.epoch;
                let live = self.simulation.live();
                let mut state = TickState::new(live, server_time, elapsed_ms, epoch);
                state.keys = self.simulation.directions();
                state.frozen = !self.lifecycle.is_running();
                state.remaining_ms = self.remaining_ms();
                let ack = seat.of(self.simulation.acks());
                (state_data(&state, ack)?, settled.score())
            }
            TableSeat::Spectator => {
                let shown = self.receivers.shown();
                let state = shown.tick_state(self.claimed.epoch);
                let data = state_data(&state, InputAck::default())?;
                (data, shown.play.score())
            }
        };
        Ok(TableView {
            epoch: self.claimed.epoch,
            tick_rate: tick_rate(settled.tempo()),
            server_time,
            time_base: self.clock.base(),
            phase: self.lifecycle.phase(),
            score,
            present: Seat::BOTH.map(|seat| self.lifecycle.is_present(seat)),
            number: self.number,
            state,
        })
    }

    /// Closes all sockets and takes nothing any more.
    pub(super) fn close(&mut self, reason: TableClose) {
        self.stage = Stage::Gone;
        self.receivers.close(reason);
        for request in self.mailbox.close() {
            if let TableRequest::Join(_, join) = request {
                join.sink.close(reason);
            }
        }
    }
}

fn computers(
    claimed: &ClaimedMatch,
    game: &'static dyn Game,
    env: &Env,
) -> Result<[Option<Box<dyn Computer>>; 2], AppError> {
    let computer = |seat: Seat| match seat.of(claimed.players) {
        TablePlayer::Computer {
            skill,
            reaction_ms,
            accuracy,
        } => {
            let strength = Strength {
                skill,
                reaction_ms,
                accuracy,
            };
            // Its errors must not follow from the seed of the match.
            let seed = u64::from_le_bytes(env.bytes());
            game.computer(&claimed.options, seat, strength, seed)
                .map(Some)
        }
        TablePlayer::User(_) | TablePlayer::Local => Ok(None),
    };
    Ok([computer(Seat::First)?, computer(Seat::Second)?])
}
