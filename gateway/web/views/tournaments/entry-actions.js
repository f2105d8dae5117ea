// @ts-check
// What the current user can do in a tournament right now: pure.

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { Tournament } from './types.js'
 */
/** @typedef {Tournament['own_entries'][number]} OwnEntry */

/** The last round of Swiss that one may enter late. */
const LAST_LATE_ROUND = 3;
const BEFORE_START = ['registration', 'check_in'];
const UNDER_WAY = ['running', 'paused'];
const LISTED = ['waiting', 'registered', 'checked_in', 'missed', 'playing'];

/**
 * Whether somebody can still register.
 * @param {Pick<Tournament, 'status' | 'format' | 'round'>} tournament
 */
export function isOpenForEntries({ status, format, round }) {
  if (BEFORE_START.includes(status)) return true;
  return status === 'running' && format === 'swiss' && round < LAST_LATE_ROUND;
}

/**
 * The entry of the user, without those of local players. One who has left may register again.
 * @param {Pick<Tournament, 'own_entries'>} tournament
 * @returns {OwnEntry | null}
 */
export const ownEntry = ({ own_entries: entries }) => entries.find(({ is_local: isLocal }) => !isLocal) ?? null;

/**
 * What can be done with an entry.
 * @param {Pick<Tournament, 'status' | 'format'>} tournament
 * @param {OwnEntry} entry
 * @returns {{ checkIn: boolean, leave: boolean, withdraw: boolean, requestBye: boolean }}
 */
export function entryActions({ status, format }, entry) {
  const isListed = LISTED.includes(entry.status);
  const isUnderWay = UNDER_WAY.includes(status);
  const isPlaying = isUnderWay && entry.status === 'playing';
  return {
    checkIn: canCheckIn({ status, format }, entry),
    leave: isListed && BEFORE_START.includes(status),
    withdraw: isPlaying,
    requestBye: isPlaying && format === 'swiss',
  };
}

/**
 * @param {Pick<Tournament, 'status' | 'format'>} tournament
 * @param {OwnEntry} entry
 */
const canCheckIn = ({ status }, entry) => status === 'check_in' && entry.status === 'registered';

/**
 * The numbers of the user's entries.
 * @param {Pick<Tournament, 'own_entries'>} tournament
 */
export const ownNumbers = ({ own_entries: entries }) => entries.map(({ number }) => number);

/**
 * The numbers that stand out in brackets and tables: the user's, unless they host everybody.
 * @param {KnownTournament} known
 */
export function markedNumbers({ tournament, entrants }) {
  const own = ownNumbers(tournament);
  return own.length < entrants.length ? own : [];
}

/**
 * What happens next, and when; null where nothing is timed.
 * @param {Pick<Tournament, 'status' | 'check_in_at' | 'starts_at'>} tournament
 * @returns {{ text: string, at: string } | null}
 */
export function nextMoment({ status, check_in_at: checkInAt, starts_at: startsAt }) {
  if (status === 'registration' && checkInAt) return { text: 'Check-in opens', at: checkInAt };
  if (BEFORE_START.includes(status) && startsAt) return { text: 'Starts', at: startsAt };
  return null;
}

/**
 * Swiss: whether an entrant was not there in the latest round, and is not paired until they say that they are back.
 * @param {KnownTournament} known
 * @param {OwnEntry} entry
 */
export function isAbsent({ tournament: { format, status }, bracket }, { number, status: state }) {
  if (format !== 'swiss' || status !== 'running' || state !== 'playing') return false;
  const own = (bracket?.slots ?? []).filter(({ entrants }) => entrants.includes(number));
  const latest = own.reduce((last, slot) => (slot.round > last ? slot.round : last), 0);
  const slot = own.find(({ round }) => round === latest);
  return slot?.how === 'no_show' && slot.winner !== number;
}
