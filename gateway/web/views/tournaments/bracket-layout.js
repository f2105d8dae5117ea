// @ts-check
// Where the slots of a bracket stand: pure, from the slots that the server gives.

/**
 * @import { BracketPart, TournamentSlot } from './types.js'
 */
/** @typedef {'none' | 'straight' | 'down' | 'up'} Join How a slot is joined to the one that its winner goes to. */
/** @typedef {{ slot: TournamentSlot, row: number, span: number, join: Join, isFed: boolean }} PlacedSlot */
/** @typedef {{ round: number, title: string, slots: PlacedSlot[] }} LaidRound */
/** @typedef {{ key: string, title: string, part: BracketPart, rows: number, rounds: LaidRound[] }} BracketSection */

/** A section has so many rows at most, so that a large bracket is read part by part. */
const MAX_ROWS = 16;
/** @type {BracketPart[]} */
const TREES = ['upper', 'lower'];
/** @type {BracketPart[]} */
const FINALS = ['final', 'third_place', 'play_off'];
/** @type {Partial<Record<BracketPart, string>>} */
const PART_TITLES = { third_place: 'Third place', play_off: 'Play-off' };
const LAST_ROUNDS = ['Final', 'Semi-finals', 'Quarter-finals'];

/**
 * The sections of an elimination bracket, in the order in which they are read. Those of a large bracket hold the way
 * to one slot of a later round; the last rounds are a section of their own.
 * @param {TournamentSlot[]} slots
 * @returns {BracketSection[]}
 */
export function bracketSections(slots) {
  const hasLower = slots.some(({ part }) => part === 'lower');
  const trees = TREES.flatMap((part) => treeSections(slots, part, hasLower));
  const last = finalsOf(slots, hasLower);
  return last ? [...trees, last] : trees;
}

/**
 * @param {TournamentSlot[]} slots
 * @param {BracketPart} part
 * @param {boolean} hasLower
 * @returns {BracketSection[]}
 */
function treeSections(slots, part, hasLower) {
  const own = slots.filter((slot) => slot.part === part);
  if (!own.length) return [];
  const last = Math.max(...own.map(({ round }) => round));
  const rows = spanOf(part, last);
  const title = treeTitle(part, hasLower);
  const rounds = (/** @type {TournamentSlot[]} */ some, from = 1, top = 0) =>
    placedRounds(some, { part, from, top, last, hasLower });
  if (rows <= MAX_ROWS) return [{ key: part, title, part, rows, rounds: rounds(own) }];
  const groups = Array.from({ length: rows / MAX_ROWS }, (_, index) => {
    const inGroup = own.filter((slot) => groupOf(slot) === index);
    const name = `${title ? `${title}, section` : 'Section'} ${index + 1} of ${rows / MAX_ROWS}`;
    return {
      key: `${part}-${index + 1}`,
      title: name,
      part,
      rows: MAX_ROWS,
      rounds: rounds(inGroup, 1, index * MAX_ROWS),
    };
  });
  const first = firstCommonRound(part, last);
  const common = own.filter(({ round }) => round >= first);
  const end = {
    key: `${part}-last`,
    title: title ? `${title}, last rounds` : 'Last rounds',
    part,
    rows: rows / spanOf(part, first),
    rounds: rounds(common, first),
  };
  return [...groups.filter((group) => group.rounds.length > 0), end];
}

/**
 * @param {BracketPart} part
 * @param {boolean} hasLower
 */
function treeTitle(part, hasLower) {
  if (part === 'lower') return 'Lower bracket';
  return hasLower ? 'Upper bracket' : '';
}

/**
 * How many rows of the first round lead to a slot of this round. In the lower bracket every second round takes in
 * who lost in the upper one, and has as many slots as the one before.
 * @param {BracketPart} part
 * @param {number} round
 */
const spanOf = (part, round) => 2 ** (part === 'lower' ? (round - 1) >> 1 : round - 1);

/**
 * The section that a slot belongs to: -1 for one to which several lead.
 * @param {TournamentSlot} slot
 */
function groupOf({ part, round, position }) {
  const span = spanOf(part, round);
  return span > MAX_ROWS ? -1 : Math.floor(((position - 1) * span) / MAX_ROWS);
}

/**
 * The first round that fits into the section of the last rounds.
 * @param {BracketPart} part
 * @param {number} last
 */
function firstCommonRound(part, last) {
  let first = 1;
  while (spanOf(part, last) / spanOf(part, first) > MAX_ROWS) first += 1;
  return first;
}

/**
 * The rounds of a tree with the rows of their slots, counted from the top of the section and in the rows of its first
 * round.
 * @param {TournamentSlot[]} slots
 * @param {{ part: BracketPart, from: number, top: number, last: number, hasLower: boolean }} tree
 * @returns {LaidRound[]}
 */
function placedRounds(slots, { part, from, top, last, hasLower }) {
  const unit = spanOf(part, from);
  const names = new Set(slots.map(({ slot }) => slot));
  const fed = new Set(slots.flatMap(({ part: own, winner_to: to }) => (own === part && to ? [to] : [])));
  const title = (/** @type {number} */ round) => roundTitle(part, round, { last, hasLower });
  return roundsOf(slots, title).map((round) => ({
    ...round,
    slots: round.slots.map(({ slot }) => {
      const span = spanOf(part, slot.round) / unit;
      const row = (slot.position - 1) * span - top;
      return { slot, row, span, join: joinOf(slot, names), isFed: fed.has(slot.slot) };
    }),
  }));
}

/**
 * @param {TournamentSlot} slot
 * @param {Set<string>} shown
 * @returns {Join}
 */
function joinOf({ part, round, position, winner_to: to }, shown) {
  if (!to || !shown.has(to)) return 'none';
  if (spanOf(part, round) === spanOf(part, round + 1)) return 'straight';
  return position % 2 ? 'down' : 'up';
}

/**
 * The deciding matches: each is a round of its own.
 * @param {TournamentSlot[]} slots
 * @param {boolean} hasLower
 * @returns {BracketSection | null}
 */
function finalsOf(slots, hasLower) {
  const own = slots.filter(({ part }) => FINALS.includes(part));
  const [some] = own;
  if (!some) return null;
  const rounds = own.map((slot) => ({
    round: slot.round,
    title: roundTitle(slot.part, slot.round, { last: 1, hasLower }),
    slots: [placedAlone(slot)],
  }));
  const title = hasLower ? 'Grand final' : (PART_TITLES[some.part] ?? 'Finals');
  return { key: 'finals', title, part: some.part, rows: 1, rounds };
}

/**
 * @param {TournamentSlot} slot
 * @returns {PlacedSlot}
 */
const placedAlone = (slot) => ({ slot, row: 0, span: 1, join: 'none', isFed: false });

/**
 * Slots by round, in the order of their positions.
 * @param {TournamentSlot[]} slots
 * @param {(round: number) => string} titleOf
 * @returns {LaidRound[]}
 */
export function roundsOf(slots, titleOf) {
  const numbers = [...new Set(slots.map(({ round }) => round))].sort((a, b) => a - b);
  return numbers.map((round) => ({
    round,
    title: titleOf(round),
    slots: slots
      .filter((slot) => slot.round === round)
      .sort((a, b) => a.position - b.position)
      .map(placedAlone),
  }));
}

/**
 * What a round is called.
 * @param {BracketPart} part
 * @param {number} round
 * @param {{ last: number, hasLower: boolean }} tree `last` is the last round of the part.
 */
function roundTitle(part, round, { last, hasLower }) {
  if (part === 'final') return round === 1 ? 'Grand final' : 'Deciding match';
  if (part === 'lower') return round === last ? 'Lower final' : `Lower round ${round}`;
  if (part !== 'upper') return PART_TITLES[part] ?? `Round ${round}`;
  const name = LAST_ROUNDS[last - round] ?? `Round of ${2 ** (last - round + 1)}`;
  return hasLower ? `Upper ${name.charAt(0).toLowerCase()}${name.slice(1)}` : name;
}

/**
 * The titles of all slots by their names.
 * @param {TournamentSlot[]} slots
 * @returns {(slot: Pick<TournamentSlot, 'part' | 'round'>) => string}
 */
export function slotTitles(slots) {
  const hasLower = slots.some(({ part }) => part === 'lower');
  /** @type {Map<string, number>} */
  const last = new Map();
  for (const { part, round } of slots) last.set(part, Math.max(round, last.get(part) ?? 0));
  return ({ part, round }) => roundTitle(part, round, { last: last.get(part) ?? round, hasLower });
}

/**
 * The names of the slots that these entrants were or are in, and of those that they reach if they win.
 * @param {TournamentSlot[]} slots
 * @param {number[]} numbers
 */
export function pathOf(slots, numbers) {
  const byName = new Map(slots.map((slot) => [slot.slot, slot]));
  const own = slots.filter(({ entrants }) => entrants.some((number) => number !== null && numbers.includes(number)));
  const [been, ahead] = [new Set(own.map(({ slot }) => slot)), /** @type {Set<string>} */ (new Set())];
  for (const slot of own.filter((one) => !isOver(one))) {
    for (let next = byName.get(slot.winner_to ?? ''); next; next = byName.get(next.winner_to ?? '')) {
      if (!been.has(next.slot)) ahead.add(next.slot);
    }
  }
  return { been, ahead };
}

/**
 * Whether a slot has been decided.
 * @param {Pick<TournamentSlot, 'status'>} slot
 */
export const isOver = ({ status }) => ['done', 'walkover', 'void'].includes(status);

/**
 * The section to begin with: the one where these entrants play next, else the first that is not over.
 * @param {BracketSection[]} sections
 * @param {number[]} numbers
 */
export function currentSection(sections, numbers) {
  const has = (/** @type {(slot: TournamentSlot) => boolean} */ wanted) =>
    sections.find(({ rounds }) => rounds.some(({ slots }) => slots.some(({ slot }) => wanted(slot))));
  const isOwn = (/** @type {TournamentSlot} */ { entrants }) =>
    entrants.some((number) => number !== null && numbers.includes(number));
  return (
    has((slot) => isOwn(slot) && !isOver(slot)) ??
    has((slot) => slot.status === 'live' || slot.status === 'called') ??
    has((slot) => !isOver(slot)) ??
    sections.findLast(({ part }) => part !== 'third_place') ??
    sections[0]
  );
}

/**
 * The round of a list of rounds to begin with: the first that is not over, else the last.
 * @param {LaidRound[]} rounds
 */
export const currentRound = (rounds) =>
  (rounds.find(({ slots }) => slots.some(({ slot }) => !isOver(slot))) ?? rounds.at(-1))?.round ?? 1;
