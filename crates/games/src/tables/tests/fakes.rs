//! A store in memory, a lease that the test sets, and sockets that keep what they are sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use contract::invites::MatchId;
use contract::match_frames::TableView;
use kernel::error::Common;
use kernel::{AppError, Timestamp, UserId};
use serde_json::Value;

use crate::port::{ActionError, SeatSink, TableClose, TableMessage};
use crate::tables::ports::{NodeTenure, PlayingGuard, TableFollowUp, TableHost, TenureState};
use crate::{ClaimedMatch, EndedMatch, MatchConclusion, MatchHead, MatchStore, SavedMatch, Seat};

/// A stored match.
#[derive(Clone)]
pub(in crate::tables) struct StoredRow {
    pub(super) claimed: ClaimedMatch,
    pub(super) chunks: Vec<Vec<u8>>,
    pub(super) tail: Vec<u8>,
    pub(super) ended: Option<EndedMatch>,
}

/// Matches in memory.
#[derive(Default)]
pub(in crate::tables) struct FakeStore {
    pub(super) rows: Mutex<HashMap<MatchId, StoredRow>>,
    /// Whether it answers with errors.
    pub(super) is_down: Mutex<bool>,
    pub(super) started: Mutex<Vec<MatchId>>,
    pub(super) released: Mutex<Vec<MatchId>>,
    /// How often the end was stored.
    pub(super) ends: Mutex<u32>,
    /// Told when it was.
    pub(super) stored: tokio::sync::Notify,
}

impl FakeStore {
    fn check(&self) -> Result<(), AppError> {
        if *self.is_down.lock().unwrap() {
            return Err(Common::Unavailable.into());
        }
        Ok(())
    }

    pub(super) fn ended(&self, id: MatchId) -> Option<EndedMatch> {
        self.rows.lock().unwrap()[&id].ended.clone()
    }

    pub(super) fn saved(&self, id: MatchId) -> Option<SavedMatch> {
        self.rows.lock().unwrap()[&id].claimed.head.clone()
    }

    /// Another node takes the match over.
    pub(super) fn take_over(&self, id: MatchId) -> ClaimedMatch {
        let mut rows = self.rows.lock().unwrap();
        let row = rows.get_mut(&id).unwrap();
        row.claimed.epoch += 1;
        row.claimed.clone()
    }

    fn save(&self, head: MatchHead) -> bool {
        let mut rows = self.rows.lock().unwrap();
        let row = rows.get_mut(&head.id).unwrap();
        if row.claimed.epoch != head.epoch || row.ended.is_some() {
            return false;
        }
        let mut chunks = head.chunks;
        if let Some(chunk) = head.chunk {
            row.chunks.truncate(usize::try_from(chunks).unwrap());
            row.chunks.push(chunk);
            chunks += 1;
        }
        assert_eq!(row.chunks.len(), usize::try_from(chunks).unwrap());
        row.tail = head.tail;
        row.claimed.head = Some(SavedMatch {
            tick: head.tick,
            snapshot: head.snapshot,
            record: [row.chunks.concat(), row.tail.clone()].concat(),
            lifecycle: head.lifecycle,
            points: head.points,
            seqs: head.seqs,
            chunks,
            tail_len: row.tail.len(),
        });
        true
    }
}

#[async_trait]
impl MatchStore for FakeStore {
    async fn claim(&self, id: MatchId) -> Result<Option<ClaimedMatch>, AppError> {
        self.check()?;
        Ok(Some(self.take_over(id)))
    }

    async fn save_heads(&self, heads: Vec<MatchHead>) -> Result<Vec<MatchId>, AppError> {
        self.check()?;
        let lost = heads.into_iter().filter_map(|head| {
            let id = head.id;
            (!self.save(head)).then_some(id)
        });
        Ok(lost.collect())
    }

    async fn release(&self, heads: Vec<MatchHead>) -> Result<(), AppError> {
        self.check()?;
        for head in heads {
            self.released.lock().unwrap().push(head.id);
            self.save(head);
        }
        Ok(())
    }

    async fn end(&self, ended: EndedMatch) -> Result<Option<MatchConclusion>, AppError> {
        self.check()?;
        let mut rows = self.rows.lock().unwrap();
        let row = rows.get_mut(&ended.id).unwrap();
        if row.claimed.epoch != ended.epoch {
            return Ok(None);
        }
        *self.ends.lock().unwrap() += 1;
        row.ended = Some(ended);
        self.stored.notify_one();
        Ok(Some(MatchConclusion {
            rating_changes: [None; 2],
            replay: true,
        }))
    }

    async fn note_start(&self, id: MatchId, _: i64, _: Timestamp) -> Result<bool, AppError> {
        self.started.lock().unwrap().push(id);
        Ok(true)
    }
}

/// Opens rematches, and lets everything be said but what is rude.
#[derive(Default)]
pub(in crate::tables) struct FakeFollowUp {
    pub(super) rematch: Mutex<Option<MatchId>>,
    /// Counts the guards of each user who is shown as playing.
    pub(super) playing: Mutex<Vec<(UserId, Arc<()>)>>,
}

impl FakeFollowUp {
    /// The users who are shown as playing.
    pub(super) fn shown(&self) -> Vec<UserId> {
        let playing = self.playing.lock().unwrap();
        let shown = playing
            .iter()
            .filter(|(_, guard)| Arc::strong_count(guard) > 1);
        shown.map(|(user, _)| *user).collect()
    }
}

#[async_trait]
impl TableFollowUp for FakeFollowUp {
    async fn rematch(&self, _: MatchId) -> Result<MatchId, AppError> {
        let id = *self.rematch.lock().unwrap();
        id.ok_or_else(|| Common::Unavailable.into())
    }

    async fn check_chat(&self, _: MatchId, _: Seat, text: String) -> Result<String, AppError> {
        match text.as_str() {
            "rude" => Err(Common::RoleNeeded.into()),
            _ => Ok(text),
        }
    }

    fn show_playing(&self, user: UserId) -> PlayingGuard {
        let guard = Arc::new(());
        self.playing
            .lock()
            .unwrap()
            .push((user, Arc::clone(&guard)));
        Box::new(guard)
    }
}

/// A lease that the test sets.
pub(in crate::tables) struct FakeTenure(pub(super) Mutex<TenureState>);

impl NodeTenure for FakeTenure {
    fn state(&self) -> TenureState {
        *self.0.lock().unwrap()
    }
}

pub(in crate::tables) struct NoHost;

impl TableHost for NoHost {
    fn pass_over(&self) {}
}

/// The `cid` of a command, and what came of it.
type GivenAnswer = (Option<String>, Result<(), ActionError>);

/// A socket that keeps what it is sent.
#[derive(Default)]
pub(in crate::tables) struct FakeSink {
    pub(super) frames: Mutex<Vec<Value>>,
    pub(super) messages: Mutex<Vec<TableMessage>>,
    pub(super) answers: Mutex<Vec<GivenAnswer>>,
    pub(super) closed: Mutex<Option<TableClose>>,
}

impl SeatSink for FakeSink {
    fn state(&self, frame: &[u8]) -> bool {
        let mut frame: Value = serde_json::from_slice(frame).unwrap();
        self.frames.lock().unwrap().push(frame["data"].take());
        false
    }

    fn send(&self, message: &TableMessage) {
        self.messages.lock().unwrap().push(message.clone());
    }

    fn answer(&self, cid: Option<&str>, result: Result<(), ActionError>) {
        let cid = cid.map(str::to_owned);
        self.answers.lock().unwrap().push((cid, result));
    }

    fn close(&self, reason: TableClose) {
        self.closed.lock().unwrap().get_or_insert(reason);
    }
}

impl FakeSink {
    /// The names of the messages since the last call.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let messages = std::mem::take(&mut *self.messages.lock().unwrap());
        messages
            .iter()
            .map(|message| message.name().as_str())
            .collect()
    }

    pub(super) fn frame(&self) -> Value {
        self.frames
            .lock()
            .unwrap()
            .last()
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn closed(&self) -> Option<TableClose> {
        *self.closed.lock().unwrap()
    }

    pub(super) fn joined(&self) -> TableView {
        let messages = self.messages.lock().unwrap();
        let joined = messages.iter().rev().find_map(|message| match message {
            TableMessage::Joined(view) => Some((**view).clone()),
            _ => None,
        });
        joined.expect("joined")
    }

    pub(super) fn last_answer(&self) -> Option<Result<(), ActionError>> {
        self.answers
            .lock()
            .unwrap()
            .last()
            .map(|(_, result)| result.clone())
    }
}
