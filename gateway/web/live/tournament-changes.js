// @ts-check
// What is known about a tournament after an event of its socket: pure.

import { removeWhere } from './collections.js';

/** @import { EntrantUpdate, SlotsUpdate, Tournament, TournamentBracket, TournamentEntrant, TournamentUpdate } from '../api/types.js' */
/**
 * @typedef {object} KnownTournament
 * @property {Tournament} tournament
 * @property {TournamentEntrant[]} entrants In the order of registration.
 * @property {TournamentBracket | null} bracket Null before the start.
 */

const BEFORE_START = ['draft', 'registration', 'check_in'];
/** Those who take no place before the start. */
const WITHOUT_PLACE = ['waiting', 'missed', 'withdrawn', 'disqualified'];

/**
 * Whether a tournament has not started yet.
 * @param {Pick<Tournament, 'status'>} tournament
 */
export const isBeforeStart = ({ status }) => BEFORE_START.includes(status);

/**
 * @param {KnownTournament} known
 * @param {Pick<TournamentUpdate, 'revision' | 'status' | 'round'>} update
 * @returns {KnownTournament}
 */
export function withUpdate(known, { revision, status, round }) {
  if (revision < known.tournament.revision) return known;
  const { bracket } = known;
  return {
    ...known,
    tournament: { ...known.tournament, revision, status, round },
    bracket: bracket && { ...bracket, revision, status, round },
  };
}

/**
 * An entrant who came, changed or went. One who left before the start has no row any more.
 * @param {KnownTournament} known
 * @param {EntrantUpdate} update
 * @param {string} userId
 * @returns {KnownTournament}
 */
export function withEntrant(known, { revision, entrant }, userId) {
  const others = removeWhere(known.entrants, ({ number }) => number === entrant.number);
  const hasGone = entrant.status === 'withdrawn' && isBeforeStart(known.tournament);
  const entrants = hasGone ? others : [...others, entrant].sort((a, b) => a.number - b.number);
  const { bracket } = known;
  return {
    entrants,
    tournament: {
      ...known.tournament,
      ...countsOf(known.tournament, entrants),
      revision: Math.max(revision, known.tournament.revision),
      own_entries: ownEntries(entrants, userId),
    },
    bracket: bracket && { ...bracket, entrants: bracketEntrants(bracket, entrant) },
  };
}

/**
 * @param {Tournament} tournament
 * @param {TournamentEntrant[]} entrants
 */
function countsOf(tournament, entrants) {
  if (!isBeforeStart(tournament)) return {};
  return {
    entrants: entrants.filter(({ status }) => !WITHOUT_PLACE.includes(status)).length,
    waiting: entrants.filter(({ status }) => status === 'waiting').length,
  };
}

/**
 * @param {TournamentEntrant[]} entrants
 * @param {string} userId
 * @returns {Tournament['own_entries']}
 */
const ownEntries = (entrants, userId) =>
  entrants
    .filter(({ user, host }) => user?.id === userId || host?.id === userId)
    .map(({ number, alias, host, status, place }) => ({ number, alias, is_local: host !== null, status, place }));

/**
 * @param {TournamentBracket} bracket
 * @param {TournamentEntrant} entrant
 */
function bracketEntrants(bracket, { number, alias, seed, status, place }) {
  const others = removeWhere(bracket.entrants, (one) => one.number === number);
  return [...others, { number, alias, seed, status, place }].sort((a, b) => a.number - b.number);
}

/**
 * Slots that changed, or are new.
 * @param {KnownTournament} known
 * @param {SlotsUpdate} update
 * @returns {KnownTournament}
 */
export function withSlots(known, { revision, slots }) {
  const { bracket, tournament } = known;
  if (!bracket || revision < bracket.revision) return known;
  const changed = new Map(slots.map((slot) => [slot.slot, slot]));
  const kept = bracket.slots.map((slot) => changed.get(slot.slot) ?? slot);
  const names = new Set(bracket.slots.map(({ slot }) => slot));
  const added = slots.filter(({ slot }) => !names.has(slot));
  return {
    ...known,
    tournament: { ...tournament, revision: Math.max(revision, tournament.revision) },
    bracket: { ...bracket, revision, slots: [...kept, ...added] },
  };
}

/**
 * A round of round robin or Swiss that began.
 * @param {KnownTournament} known
 * @param {SlotsUpdate} update
 * @returns {KnownTournament}
 */
export function withRound(known, update) {
  const next = withSlots(known, update);
  const round = Math.max(next.tournament.round, ...update.slots.map((slot) => slot.round));
  return {
    ...next,
    tournament: { ...next.tournament, round },
    bracket: next.bracket && { ...next.bracket, round },
  };
}
