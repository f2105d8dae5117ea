//! The socket of a player or spectator, as a table sees it.

use std::sync::Arc;

use contract::catalogue::EventName;
use contract::match_frames::{MatchFinished, MatchJoined, TableView};
use contract::matches::{GameMatch, MatchPlayer};
use games::Seat;
use games::port::{ActionError, FrameForm, SeatSink, TableClose, TableMessage, TableSeat};
use kernel::{AppError, Env};
use realtime::{Close, Connection, DataKind, Done, ServerMessage};
use serde::Serialize;

/// Passes what a table sends on to a socket.
pub(super) struct SocketSink {
    connection: Arc<Connection>,
    env: Env,
    kind: DataKind,
    seat: TableSeat,
    /// Who plays, and with which options.
    about: GameMatch,
}

impl SocketSink {
    pub(super) fn new(
        connection: Arc<Connection>,
        env: Env,
        form: FrameForm,
        seat: TableSeat,
        about: GameMatch,
    ) -> Self {
        let kind = match form {
            FrameForm::Json => DataKind::Text,
            FrameForm::Binary | FrameForm::Lockstep => DataKind::Binary,
        };
        Self {
            connection,
            env,
            kind,
            seat,
            about,
        }
    }

    fn send_message(&self, name: EventName, data: &impl Serialize) {
        match ServerMessage::required(name, data, self.env.now()) {
            Ok(message) => self.connection.send(&message),
            Err(error) => {
                tracing::error!(name = name.as_str(), error = %error.chain(), "message of a match not encoded");
                self.connection.close(&Close::restarting());
            }
        }
    }
}

impl SeatSink for SocketSink {
    fn state(&self, frame: &[u8]) -> bool {
        self.connection.queue.set_latest(self.kind, frame)
    }

    fn send(&self, message: &TableMessage) {
        match message {
            TableMessage::Joined(view) => {
                let joined = joined(&self.about, self.seat, TableView::clone(view), None);
                self.send_message(message.name(), &joined);
            }
            other => match other.data() {
                Ok(data) => self.send_message(other.name(), &data),
                Err(error) => {
                    tracing::error!(error = %error.chain(), "message of a match not encoded");
                }
            },
        }
    }

    fn answer(&self, cid: Option<&str>, result: Result<(), ActionError>) {
        let result = match result {
            Ok(()) => Ok(Done::default()),
            Err(ActionError::Malformed(reason)) => {
                return self.connection.close(&Close::bad_data(reason));
            }
            Err(ActionError::Refused(code)) => Err(AppError::new(code)),
        };
        realtime::answer(&self.connection, self.env.now(), cid, result);
    }

    fn close(&self, reason: TableClose) {
        self.connection.close(&match reason {
            TableClose::Replaced => Close::replaced(),
            TableClose::Ended => Close::gone("the match is over"),
            TableClose::NotWatchable => Close::forbidden("the match cannot be watched"),
            TableClose::Restarting => Close::restarting(),
        });
    }
}

/// The first frame of a match.
pub(super) fn joined(
    about: &GameMatch,
    seat: TableSeat,
    table: TableView,
    result: Option<MatchFinished>,
) -> MatchJoined {
    let seat = match seat {
        TableSeat::Player(seat) => Some(seat),
        TableSeat::Spectator => None,
    };
    let player = |seat: Seat| -> Option<MatchPlayer> { about.players.get(seat.index()).cloned() };
    MatchJoined {
        match_id: about.id,
        game: about.game.clone(),
        mode: about.mode,
        seat: seat.map(Into::into),
        you: seat.and_then(player),
        opponent: seat.map(Seat::other).and_then(player),
        players: about.players.clone(),
        options: about.options.clone(),
        table,
        result,
    }
}
