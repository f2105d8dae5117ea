//! The match that a page plays or predicts.

use pong_engine::bots::{Bot, BotProfile, Skill};
use pong_engine::{
    Events, Inputs, Match, PublicState, Rules, SNAPSHOT_BYTES, Side, Sides, Snapshot, WIRE_BYTES,
};

/// How long the buffer is: a view, the longest of what it carries, fits.
pub const BUFFER_BYTES: usize = 64;
/// How many numbers of 16 bits a view has.
pub const VIEW_NUMBERS: usize = 24;

/// A match, its bots, and the buffer through which bytes come and go.
#[derive(Debug)]
pub struct PageMatch {
    game: Option<Match>,
    bots: Sides<Option<Bot>>,
    buffer: [u8; BUFFER_BYTES],
}

impl PageMatch {
    /// A buffer without a match.
    pub const fn new() -> Self {
        Self {
            game: None,
            bots: Sides {
                left: None,
                right: None,
            },
            buffer: [0; BUFFER_BYTES],
        }
    }

    /// The buffer.
    pub const fn buffer(&mut self) -> &mut [u8; BUFFER_BYTES] {
        &mut self.buffer
    }

    /// Begins a match without bots; false for invalid rules.
    pub fn reset(&mut self, rules: u32, seed: u64) -> bool {
        let game = Rules::from_bytes(rules.to_le_bytes()).map(|rules| Match::new(rules, seed));
        self.bots = Sides::default();
        self.put(game.ok())
    }

    /// Continues from the public state in the buffer; false if the bytes are not one, or the state is
    /// impossible under these rules.
    pub fn predict(&mut self, rules: u32) -> bool {
        let game = Rules::from_bytes(rules.to_le_bytes())
            .ok()
            .and_then(|rules| {
                let seen = PublicState::decode(self.taken::<WIRE_BYTES>()?).ok()?;
                Match::predict(rules, &seen).ok()
            });
        self.put(game)
    }

    /// Continues from the snapshot in the buffer; false if the bytes are not one, or it is impossible.
    pub fn restore(&mut self) -> bool {
        let game = self.taken::<SNAPSHOT_BYTES>().and_then(|bytes| {
            let snapshot = Snapshot::from_bytes(bytes).ok()?;
            Match::restore(&snapshot).ok()
        });
        self.put(game)
    }

    /// Lets a bot play a side from now on. A reaction time or an accuracy below 0 stands for that of the
    /// skill. False if there is no match.
    pub fn set_bot(
        &mut self,
        side: Side,
        skill: u16,
        (reaction_ms, accuracy): (i32, i32),
        seed: u64,
    ) -> bool {
        let Some(game) = &self.game else {
            return false;
        };
        let mut profile = BotProfile::of(Skill::new(skill));
        if let Ok(reaction_ms) = u16::try_from(reaction_ms) {
            profile = profile.with_reaction_ms(reaction_ms);
        }
        if let Ok(accuracy) = u8::try_from(accuracy) {
            profile = profile.with_accuracy(accuracy);
        }
        self.bots[side] = Some(Bot::new(game.rules(), side, profile, seed));
        true
    }

    /// Plays one tick and returns its events. Bots play their sides, whatever the keys are; a byte that
    /// is not valid inputs counts as no keys held.
    pub fn step(&mut self, keys: u8) -> Events {
        let Some(game) = &mut self.game else {
            return Events::NONE;
        };
        let mut inputs = Inputs::from_byte(keys).unwrap_or_default();
        for side in Side::BOTH {
            if let Some(bot) = &mut self.bots[side] {
                inputs = inputs.with(side, bot.play(|| game.public()));
            }
        }
        game.step(inputs)
    }

    /// Plays several ticks with the same keys and returns all their events.
    pub fn run(&mut self, keys: u8, ticks: u32) -> Events {
        let mut events = Events::NONE;
        for _ in 0..ticks.min(u32::from(pong_engine::MAX_TICKS)) {
            events |= self.step(keys);
        }
        events
    }

    /// Writes the public state into the buffer; returns its length in bytes.
    pub fn state(&mut self) -> usize {
        let state = self.game.as_ref().map(|game| game.public().encode());
        state.map_or(0, |state| self.give(&state))
    }

    /// Writes the snapshot into the buffer; returns its length in bytes.
    pub fn snapshot(&mut self) -> usize {
        let state = self.game.as_ref().map(|game| game.snapshot().to_bytes());
        state.map_or(0, |state| self.give(&state))
    }

    /// Writes what is drawn into the buffer, as [`VIEW_NUMBERS`] numbers of 16 bits; returns their length
    /// in bytes.
    pub fn view(&mut self) -> usize {
        let Some(game) = &self.game else {
            return 0;
        };
        let numbers = view_of(game);
        let mut bytes = [0; 2 * VIEW_NUMBERS];
        for (two, number) in bytes.as_chunks_mut().0.iter_mut().zip(numbers) {
            *two = number.to_le_bytes();
        }
        self.give(&bytes)
    }

    /// The number of ticks played.
    pub fn tick(&self) -> u16 {
        self.game.as_ref().map_or(0, Match::tick)
    }

    /// The hash of the complete state.
    pub fn hash(&self) -> u64 {
        self.game.as_ref().map_or(0, Match::hash)
    }

    /// The hash of the public state.
    pub fn seen_hash(&self) -> u32 {
        self.game.as_ref().map_or(0, |game| game.public().hash())
    }

    fn put(&mut self, game: Option<Match>) -> bool {
        let fits = game.is_some();
        if fits {
            self.game = game;
        }
        fits
    }

    fn taken<const N: usize>(&self) -> Option<&[u8; N]> {
        self.buffer.first_chunk()
    }

    fn give(&mut self, bytes: &[u8]) -> usize {
        for (to, from) in self.buffer.iter_mut().zip(bytes) {
            *to = *from;
        }
        bytes.len()
    }
}

impl Default for PageMatch {
    fn default() -> Self {
        Self::new()
    }
}

/// The numbers of a view, in the order that README.md lists.
fn view_of(game: &Match) -> [i16; VIEW_NUMBERS] {
    let (rules, seen) = (game.rules(), game.public());
    let [left, right] = Side::BOTH.map(|side| {
        let paddle = seen.paddle(side);
        let half = seen.half_length(rules, side);
        (paddle.y, half, seen.thickness(side))
    });
    let ball = seen.ball();
    let coin = seen.coin();
    let effect = seen.effect();
    let flag = i16::from;
    [
        ball.x,
        ball.y,
        ball.vx,
        ball.vy,
        left.0,
        right.0,
        left.1,
        right.1,
        left.2,
        right.2,
        flag(coin.is_some()),
        coin.map_or(0, |coin| coin.x()),
        coin.map_or(0, |coin| coin.y()),
        seen.score().left.into(),
        seen.score().right.into(),
        seen.serve_in().unwrap_or(0).into(),
        flag(seen.receiver() == Side::Right),
        seen.rally().cast_signed(),
        seen.ending().map_or(0, |ending| ending as i16),
        flag(seen.is_sudden_death(rules)),
        effect.map_or(0, |effect| effect.kind as i16),
        flag(effect.is_some_and(|effect| effect.owner == Side::Right)),
        effect.map_or(0, |effect| effect.ticks_left.cast_signed()),
        seen.tick().cast_signed(),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

    use pong_engine::Direction;

    use super::*;

    const RULES: u32 = u32::from_le_bytes(Rules::DEFAULT.to_bytes());

    /// The keys of two who hold up and down.
    fn keys() -> u8 {
        Inputs::new(Direction::Up, Direction::Down).to_byte()
    }

    fn started() -> PageMatch {
        let mut page_match = PageMatch::new();
        assert!(page_match.reset(RULES, 7));
        page_match
    }

    #[test]
    fn page_match_plays_the_match() {
        let (mut page_match, mut game) = (started(), Match::new(Rules::DEFAULT, 7));
        let keys = Inputs::from_byte(keys()).unwrap();
        for _ in 0..500 {
            assert_eq!(page_match.step(keys.to_byte()), game.step(keys));
            assert_eq!(page_match.hash(), game.hash());
        }
        assert_eq!(page_match.seen_hash(), game.public().hash());
        let mut quick = started();
        quick.run(keys.to_byte(), 500);
        assert_eq!(
            (quick.tick(), quick.hash()),
            (page_match.tick(), page_match.hash())
        );
    }

    #[test]
    fn state_and_snapshot_come_back() {
        let mut server = started();
        server.run(keys(), 100);
        assert_eq!(server.state(), WIRE_BYTES);
        let mut client = PageMatch::new();
        *client.buffer() = *server.buffer();
        assert!(client.predict(RULES));
        assert_eq!(client.seen_hash(), server.seen_hash());
        assert_eq!(server.snapshot(), SNAPSHOT_BYTES);
        *client.buffer() = *server.buffer();
        assert!(client.restore());
        assert_eq!(client.hash(), server.hash());
    }

    #[test]
    fn what_does_not_fit_is_refused_and_changes_nothing() {
        let mut page_match = started();
        let before = page_match.hash();
        page_match.buffer().fill(0xff);
        assert!(!page_match.reset(0, 1) && !page_match.predict(RULES) && !page_match.restore());
        assert!(!page_match.predict(0));
        assert_eq!(page_match.hash(), before);
        let mut none = PageMatch::new();
        assert_eq!((none.state(), none.snapshot(), none.view()), (0, 0, 0));
        assert_eq!(
            (none.step(0), none.tick(), none.hash()),
            (Events::NONE, 0, 0)
        );
        assert!(!none.set_bot(Side::Left, 500, (-1, -1), 1));
    }

    #[test]
    fn bots_play_their_sides() {
        let mut page_match = started();
        assert!(page_match.set_bot(Side::Right, 900, (-1, -1), 3));
        page_match.run(keys(), 20_000);
        page_match.view();
        let number = |at: usize| {
            i16::from_le_bytes([page_match.buffer[2 * at], page_match.buffer[2 * at + 1]])
        };
        assert_eq!((number(13), number(14)), (0, 5), "who holds a key loses");
        assert_eq!(number(18), 1);

        let rules = Rules::DEFAULT;
        let profile = BotProfile::of(Skill::new(300))
            .with_reaction_ms(400)
            .with_accuracy(80);
        let mut bot = Bot::new(rules, Side::Left, profile, 9);
        let mut game = Match::new(rules, 7);
        let mut page_match = started();
        assert!(page_match.set_bot(Side::Left, 300, (400, 80), 9));
        for _ in 0..2_000 {
            game.step(Inputs::default().with(Side::Left, bot.play(|| game.public())));
            page_match.step(Inputs::default().to_byte());
            assert_eq!(page_match.hash(), game.hash());
        }
    }
}
