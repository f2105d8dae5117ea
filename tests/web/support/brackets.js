// Brackets as the server gives them.

/** A slot, by its part, round and position. */
export const slot = (part, round, position, changes = {}) => ({
  slot: `${part}-${round}-${position}`,
  part,
  round,
  position,
  entrants: [null, null],
  winner_to: null,
  loser_to: null,
  status: 'unknown',
  match_id: null,
  score: null,
  winner: null,
  how: null,
  call_at: null,
  deadline: null,
  disputed: false,
  ...changes,
});

/** The slots of a knockout, or of an upper bracket, of so many entrants: a power of two. */
export function knockout(size, last = null) {
  const rounds = Math.log2(size);
  const slots = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (let position = 1; position <= size >> round; position += 1) {
      const to = round < rounds ? `upper-${round + 1}-${(position + 1) >> 1}` : last;
      slots.push(slot('upper', round, position, { winner_to: to }));
    }
  }
  return slots;
}

/** The slots of double elimination of so many entrants: a power of two. */
export function doubleKnockout(size) {
  const rounds = 2 * Math.log2(size) - 2;
  const countOf = (round) => size >> (((round - 1) >> 1) + 2);
  const lower = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (let position = 1; position <= countOf(round); position += 1) {
      const next = countOf(round) === countOf(round + 1) ? position : (position + 1) >> 1;
      const to = round < rounds ? `lower-${round + 1}-${next}` : 'final-1-1';
      lower.push(slot('lower', round, position, { winner_to: to }));
    }
  }
  return [...knockout(size, 'final-1-1'), ...lower, slot('final', 1, 1)];
}
