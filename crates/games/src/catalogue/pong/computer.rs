//! The computer of Pong.

use pong_engine::bots::Bot;
use pong_engine::{Direction, PublicState};
use serde_json::Value;

use crate::catalogue::play::{Computer, Play};

/// The engine's bot. It looks at the match in its public form.
pub(super) struct PongComputer {
    bot: Bot,
    seen: Vec<u8>,
    last: Direction,
}

impl PongComputer {
    pub(super) fn new(bot: Bot) -> Self {
        Self {
            bot,
            seen: Vec::new(),
            last: Direction::Still,
        }
    }
}

impl Computer for PongComputer {
    fn steer(&mut self, play: &dyn Play) -> i8 {
        self.seen.clear();
        play.encode(&mut self.seen);
        if let Ok(seen) = PublicState::decode(&self.seen) {
            self.last = self.bot.play(|| seen);
        }
        match self.last {
            Direction::Up => -1,
            Direction::Still => 0,
            Direction::Down => 1,
        }
    }

    fn choose(&mut self, _play: &dyn Play) -> Value {
        Value::Null
    }
}
