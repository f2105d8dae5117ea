//! Steps thousands of matches together.

mod block;
mod observed;
#[cfg(feature = "simd")]
mod simd;

use alloc::vec::Vec;
use core::fmt;

use crate::events::Events;
use crate::game::Match;
use crate::input::Inputs;
use crate::observe::{COMPACT_OBSERVATION, OBSERVATION};
use crate::side::Side;
use crate::state::Outcome;
use block::{GameBlock, LANES, ScalarWork};
use observed::{ObservedBlock, write_compact};

/// Many matches that are stepped together: many times faster than one by one, with the same result
/// bit for bit.
///
/// The matches may differ in rules, tick and score. A match that is over does not change until it is
/// [replaced](Self::replace). A step allocates nothing. With the feature `simd` (a default one) it
/// uses AVX2 where the machine has it.
///
/// ```
/// use pong_engine::{Batch, Direction, Inputs, Match, Rules, Side};
///
/// let rules = Rules::default();
/// let mut batch: Batch = (0..1_000).map(|seed| Match::new(rules, seed)).collect();
/// let inputs = vec![Inputs::new(Direction::Up, Direction::Down); batch.len()];
/// let (mut points, mut won, mut seed) = (0, 0, 1_000);
/// for _ in 0..6_000 {
///     let events = batch.step(&inputs)?;
///     points += events.iter().filter(|events| events.scorer() == Some(Side::Left)).count();
///     // Replaces each match that is over with a new one.
///     batch.refill(|_, over| {
///         won += usize::from(over.outcome().is_some_and(|outcome| outcome.winner == Side::Left));
///         seed += 1;
///         Match::new(rules, seed)
///     });
/// }
/// assert!(won > 1_000 && points > 5 * won);
/// # Ok::<(), pong_engine::LengthError>(())
/// ```
#[derive(Clone, Default)]
pub struct Batch {
    /// The tick of the batch; it wraps around.
    now: u16,
    blocks: Vec<GameBlock>,
    observed: Vec<ObservedBlock>,
    /// The complete matches. Values that a block holds as well are current in the block and stale
    /// here, until the scalar code loads them or the match is over.
    games: Vec<Match>,
    /// The events of the last tick, for whole blocks.
    events: Vec<[Events; LANES]>,
    /// Which matches ended in the last tick, one bit for each.
    ended: Vec<u64>,
}

impl Batch {
    /// A batch without matches.
    pub const fn new() -> Self {
        Self {
            now: 0,
            blocks: Vec::new(),
            observed: Vec::new(),
            games: Vec::new(),
            events: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// Adds a match at the end.
    pub fn push(&mut self, game: Match) {
        if self.games.len() == self.blocks.len() * LANES {
            self.blocks.push(GameBlock::EMPTY);
            self.observed.push(ObservedBlock::EMPTY);
            self.events.push([Events::NONE; LANES]);
            self.ended.push(0);
        }
        self.games.push(game);
        self.sync_block(self.games.len() - 1);
    }

    /// How many matches there are.
    pub fn len(&self) -> usize {
        self.games.len()
    }

    /// Whether there are no matches.
    pub fn is_empty(&self) -> bool {
        self.games.is_empty()
    }

    /// Plays one tick of every match; `inputs` and the returned events have one entry for each match,
    /// in the same order. Fails, and plays nothing, if there are more or fewer inputs than matches.
    pub fn step(&mut self, inputs: &[Inputs]) -> Result<&[Events], LengthError> {
        self.expect(inputs.len())?;
        #[cfg(feature = "simd")]
        self.step_simd(inputs);
        #[cfg(not(feature = "simd"))]
        self.step_all(inputs);
        Ok(self.events())
    }

    /// The events of the last tick; those of a match that has been replaced since are of the old one.
    pub fn events(&self) -> &[Events] {
        let events = self.events.as_flattened();
        events.get(..self.games.len()).unwrap_or(events)
    }

    /// The indices of the matches that ended in the last tick and have not been replaced since, in
    /// order.
    pub fn ended(&self) -> impl Iterator<Item = usize> {
        let words = (0..).step_by(LANES).zip(&self.ended);
        words.flat_map(|(first, word)| ones(*word).map(move |at| first + at))
    }

    /// Replaces every match that ended in the last tick and has not been replaced since with what `next`
    /// returns, which is called with the index and the ended match.
    pub fn refill(&mut self, mut next: impl FnMut(usize, &Match) -> Match) {
        for number in 0..self.ended.len() {
            let word = self.ended.get_mut(number).map_or(0, core::mem::take);
            for at in ones(word).map(|at| number * LANES + at) {
                if let Some(over) = self.games.get_mut(at) {
                    *over = next(at, over);
                    self.sync_block(at);
                }
            }
        }
    }

    /// The match at this index, as it is now.
    pub fn get(&self, at: usize) -> Option<Match> {
        let mut game = self.games.get(at)?.clone();
        if game.state.ending.is_none()
            && let Some(block) = self.blocks.get(at / LANES)
        {
            block.load(at % LANES, self.now, &mut game);
        }
        Some(game)
    }

    /// Replaces the match at this index and returns the old one. Returns `None`, and changes nothing, if
    /// there is no such index.
    pub fn replace(&mut self, at: usize, game: Match) -> Option<Match> {
        let old = self.get(at)?;
        *self.games.get_mut(at)? = game;
        self.sync_block(at);
        if let Some(ended) = self.ended.get_mut(at / LANES) {
            *ended &= !(1 << (at % LANES));
        }
        Some(old)
    }

    /// The outcome of the match at this index, once it is over.
    pub fn outcome(&self, at: usize) -> Option<Outcome> {
        self.games.get(at)?.outcome()
    }

    /// All matches, as they are now.
    pub fn iter(&self) -> impl Iterator<Item = Match> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Writes one side's observation of each match into a buffer; see [`Match::observe`] for the numbers.
    /// Fails, and writes nothing, if the buffer has more or fewer rows than there are matches.
    ///
    /// ```
    /// use pong_engine::{Batch, Match, OBSERVATION, Rules, Side};
    ///
    /// let batch: Batch = (0..256).map(|seed| Match::new(Rules::default(), seed)).collect();
    /// let mut seen = vec![[0.0; OBSERVATION]; batch.len()];
    /// batch.observe(Side::Left, &mut seen)?;
    /// assert_eq!(seen[0][14], 1.0, "a second to the serve");
    /// # Ok::<(), pong_engine::LengthError>(())
    /// ```
    pub fn observe(&self, side: Side, seen: &mut [[f32; OBSERVATION]]) -> Result<(), LengthError> {
        self.expect(seen.len())?;
        let blocks = self.blocks.iter().zip(&self.observed);
        for ((block, observed), seen) in blocks.zip(seen.chunks_mut(LANES)) {
            observed.write((block, self.now), side, seen);
        }
        Ok(())
    }

    /// Writes both sides' observations of each match, in one pass; see [`Self::observe`].
    pub fn observe_both(
        &self,
        left: &mut [[f32; OBSERVATION]],
        right: &mut [[f32; OBSERVATION]],
    ) -> Result<(), LengthError> {
        self.expect(left.len())?;
        self.expect(right.len())?;
        let blocks = self.blocks.iter().zip(&self.observed);
        let seen = left.chunks_mut(LANES).zip(right.chunks_mut(LANES));
        for ((block, observed), (left, right)) in blocks.zip(seen) {
            observed.write((block, self.now), Side::Left, left);
            observed.write((block, self.now), Side::Right, right);
        }
        Ok(())
    }

    /// Writes the first eight numbers of both sides' observations (ball and paddles), in one pass; see
    /// [`Self::observe`].
    pub fn observe_compact(
        &self,
        left: &mut [[f32; COMPACT_OBSERVATION]],
        right: &mut [[f32; COMPACT_OBSERVATION]],
    ) -> Result<(), LengthError> {
        self.expect(left.len())?;
        self.expect(right.len())?;
        let seen = left.chunks_mut(LANES).zip(right.chunks_mut(LANES));
        for (block, (left, right)) in self.blocks.iter().zip(seen) {
            write_compact(block, Side::Left, left);
            write_compact(block, Side::Right, right);
        }
        Ok(())
    }

    fn expect(&self, given: usize) -> Result<(), LengthError> {
        let expected = self.len();
        if given == expected {
            Ok(())
        } else {
            Err(LengthError { expected, given })
        }
    }

    /// Copies a match from the list into its block.
    fn sync_block(&mut self, at: usize) {
        if let (Some(block), Some(game)) = (self.blocks.get_mut(at / LANES), self.games.get(at)) {
            block.store(at % LANES, self.now, game);
            if let Some(observed) = self.observed.get_mut(at / LANES) {
                observed.store(at % LANES, self.now, game);
            }
        }
    }

    #[inline(always)]
    fn step_all(&mut self, inputs: &[Inputs]) {
        self.now = self.now.wrapping_add(1);
        let now = self.now;
        let blocks = self.blocks.iter_mut().zip(&mut self.observed);
        let blocks = blocks.zip(&mut self.events);
        let games = self.games.chunks_mut(LANES).zip(inputs.chunks(LANES));
        for ((((block, observed), events), ended), (games, inputs)) in
            blocks.zip(&mut self.ended).zip(games)
        {
            let work = match inputs.as_array() {
                Some(inputs) => block.pass(now, inputs, events),
                None => block.pass(now, &padded(inputs), events),
            };
            *ended = complete(work, now, (block, observed), games, events);
        }
    }
}

fn padded(inputs: &[Inputs]) -> [Inputs; LANES] {
    let mut whole = [Inputs::default(); LANES];
    for (whole, inputs) in whole.iter_mut().zip(inputs) {
        *whole = *inputs;
    }
    whole
}

/// Completes the tick of the matches that the pass left to the scalar code; returns which ended, one
/// bit for each.
#[inline(never)]
fn complete(
    ScalarWork { unmoved, due }: ScalarWork,
    now: u16,
    (block, observed): (&mut GameBlock, &mut ObservedBlock),
    games: &mut [Match],
    events: &mut [Events; LANES],
) -> u64 {
    let mut ended = 0;
    for at in ones(unmoved | due) {
        let (Some(game), Some(events)) = (games.get_mut(at), events.get_mut(at)) else {
            // Beyond the last match.
            break;
        };
        // A match that is over is due again whenever the batch's tick wraps around.
        if game.state.ending.is_none() {
            block.load(at, now, game);
            *events = game.complete((unmoved >> at & 1 == 0).then_some(*events));
            block.store(at, now, game);
            if events.has_others_than(Events::BOUNCES) {
                observed.store(at, now, game);
            }
            ended |= u64::from(game.state.ending.is_some()) << at;
        }
    }
    ended
}

/// The indices of a word's set bits.
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let at = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (at < LANES).then_some(at)
    })
}

impl Extend<Match> for Batch {
    fn extend<T: IntoIterator<Item = Match>>(&mut self, games: T) {
        for game in games {
            self.push(game);
        }
    }
}

impl FromIterator<Match> for Batch {
    fn from_iter<T: IntoIterator<Item = Match>>(games: T) -> Self {
        let mut batch = Self::new();
        batch.extend(games);
        batch
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The number of inputs or rows is not the number of matches in the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthError {
    /// How many matches the batch has.
    pub expected: usize,
    /// How many inputs or rows were given.
    pub given: usize,
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, given } = self;
        write!(f, "the batch has {expected} matches, not {given}")
    }
}

impl core::error::Error for LengthError {}
