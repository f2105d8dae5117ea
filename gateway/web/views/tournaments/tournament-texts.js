// @ts-check
// Names and sentences about tournaments.

/**
 * @import { SlotHow, Tournament, TournamentFormat, TournamentSlot, TournamentStatus } from './types.js'
 */

/** @type {[TournamentFormat, name: string, hint: string][]} */
export const FORMATS = [
  ['single_elimination', 'Single elimination', 'Who loses is out. The quickest way to a winner.'],
  ['double_elimination', 'Double elimination', 'Who loses twice is out.'],
  ['round_robin', 'Round robin', 'Everybody meets everybody. Up to 32 entrants.'],
  ['swiss', 'Swiss', 'A few rounds against opponents with similar points. Nobody is out.'],
];
/** @type {[Tournament['visibility'], name: string, hint: string][]} */
export const VISIBILITIES = [
  ['public', 'Everyone', 'Anyone can find it and register.'],
  ['friends', 'Friends', 'Your friends can register, and whoever you invite.'],
  ['private', 'Only those invited', 'Nobody else sees it.'],
];
/** @type {[Tournament['seeding'], name: string][]} */
export const SEEDINGS = [
  ['rating', 'By rating'],
  ['random', 'At random'],
  ['manual', 'By hand'],
];
/** @type {Record<TournamentStatus, string>} */
const STATUS_NAMES = {
  draft: 'Draft',
  registration: 'Registration open',
  check_in: 'Check-in',
  running: 'Running',
  paused: 'Paused',
  finished: 'Finished',
  canceled: 'Canceled',
};
/** @type {Record<SlotHow, string>} */
const HOW_TEXTS = {
  played: '',
  forfeit: 'by forfeit',
  no_show: 'by no-show',
  removal: 'as the opponent had left',
  bye: 'without an opponent',
  requested_bye: 'without an opponent, as asked for',
  awarded: 'by decision of an organizer',
  judged: 'by the score when time was up',
};
/** @type {Partial<Record<SlotHow, string>>} */
const SHORT_HOWS = {
  forfeit: 'Forfeit',
  no_show: 'No-show',
  removal: 'Walkover',
  bye: 'Bye',
  requested_bye: 'Bye',
  awarded: 'Decided',
  judged: 'On time',
};
/** @type {Record<string, string>} */
const ENTRANT_TEXTS = {
  waiting: 'Waiting list',
  registered: 'Registered',
  checked_in: 'Checked in',
  missed: 'Missed check-in',
  playing: 'Playing',
  out: 'Out',
  withdrawn: 'Withdrew',
  disqualified: 'Disqualified',
};
/** @type {Record<string, string>} */
const ACT_TEXTS = {
  create: 'created the tournament',
  open: 'opened registration',
  change: 'changed the settings',
  start: 'started the tournament',
  pause: 'paused the tournament',
  resume: 'resumed the tournament',
  cancel: 'canceled the tournament',
  invite: 'invited people',
  order_seeds: 'set the seeds',
  add_co_organizer: 'added a co-organizer',
  remove_co_organizer: 'removed a co-organizer',
  dispute: 'disputed the result',
  uphold: 'upheld the result',
  replay: 'ordered a replay',
  award: 'awarded the match',
  disqualify: 'disqualified an entrant',
};

/** @param {string} id */
export const tournamentUrl = (id) => `/tournaments/${id}`;

/** @param {TournamentStatus} status */
export const statusName = (status) => STATUS_NAMES[status];

/** @param {TournamentFormat} format */
export const formatName = (format) => FORMATS.find(([key]) => key === format)?.[1] ?? format;

/** @param {Pick<Tournament, 'seeding'>} tournament */
export const seedingName = ({ seeding }) => SEEDINGS.find(([key]) => key === seeding)?.[1] ?? seeding;

/** @param {string} status */
export const entrantStatusName = (status) => ENTRANT_TEXTS[status] ?? status;

/** @param {string} act */
export const actText = (act) => ACT_TEXTS[act] ?? act.replaceAll('_', ' ');

/**
 * How a slot was decided, to follow "won"; empty where it was played.
 * @param {SlotHow | null} how
 */
export const howText = (how) => (how ? HOW_TEXTS[how] : '');

/**
 * The same in one word.
 * @param {SlotHow | null} how
 */
export const shortHow = (how) => (how ? (SHORT_HOWS[how] ?? '') : '');

/**
 * How far a tournament has come, in one line.
 * @param {Pick<Tournament, 'status' | 'round' | 'rounds' | 'format'>} tournament
 */
export function progressText({ status, round, rounds, format }) {
  const hasRounds = format === 'swiss' || format === 'round_robin';
  if (status !== 'running' || !hasRounds || round < 1) return statusName(status);
  return rounds ? `Round ${round} of ${rounds}` : `Round ${round}`;
}

/**
 * Who meets in a slot: “Ada against Grace”.
 * @param {TournamentSlot} slot
 * @param {(number: number | null | undefined) => string} aliasOf
 */
export const pairingText = ({ entrants: [first, second] }, aliasOf) => `${aliasOf(first)} against ${aliasOf(second)}`;
