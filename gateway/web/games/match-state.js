// @ts-check
// What a player or spectator knows about a live match, as a pure function of the events of its socket.

/**
 * @import { MatchCanceled, MatchChatSaid, MatchCountdown, MatchFinished, MatchJoined, MatchPhase, MatchPlayer, PausedBy, SeatName } from '../api/types.js'
 * @import { Events } from '../live/socket-types.js'
 */
/** @typedef {MatchPlayer & { seat: SeatName }} SeatedPlayer */
/** @typedef {Omit<MatchJoined, 'players'> & { players: [SeatedPlayer, SeatedPlayer] }} JoinedMatch */
/** @typedef {'connecting' | 'open' | 'lost' | 'closed'} MatchConnection */
/**
 * @typedef {object} Match
 * @property {MatchConnection} connection
 * @property {number | null} closeCode Why the connection is closed for good.
 * @property {JoinedMatch | null} joined
 * @property {MatchPhase} phase
 * @property {number[]} score
 * @property {Record<SeatName, boolean>} present Whether each seat is connected.
 * @property {{ endsAt: number, reason: MatchCountdown['reason'] } | null} countdown In local time.
 * @property {{ by: PausedBy, endsAt: number | null } | null} pause `endsAt` is null where nobody counts.
 * @property {SeatName | null} pauseOffer The seat that asks for a pause.
 * @property {MatchFinished | null} result
 * @property {MatchCanceled | null} cancellation
 * @property {{ offeredBy: SeatName | null, declinedBy: SeatName | null, matchId: string | null }} rematch
 * @property {number} spectators
 * @property {MatchChatSaid[]} messages
 */
/** What is not an event of the server: the end of a countdown, and the state of the connection.
 * @typedef {{ playing: undefined, connection: Pick<Match, 'connection' | 'closeCode'> }} LocalEvents */
/** @typedef {Events<'match'> & LocalEvents} MatchEvents */
/** @typedef {typeof MATCH_EVENTS[number]} MatchEventName */
/** @typedef {MatchEventName | keyof LocalEvents} ReducedEventName */
/** @typedef {{ [N in ReducedEventName]: (match: Match, data: MatchEvents[N], now: number) => Match }} Reducers */

/** Before the first event.
 * @type {Match} */
export const INITIAL_MATCH = {
  connection: 'connecting',
  closeCode: null,
  joined: null,
  phase: 'open',
  score: [0, 0],
  present: { first: false, second: false },
  countdown: null,
  pause: null,
  pauseOffer: null,
  result: null,
  cancellation: null,
  rematch: { offeredBy: null, declinedBy: null, matchId: null },
  spectators: 0,
  messages: [],
};

const SEATS = /** @type {const} */ (['first', 'second']);
const MAX_MESSAGES = 100;
const ABSENT = ['first_absent', 'second_absent', 'both_absent'];

/**
 * The players with their seats, of which there are two.
 * @param {MatchPlayer[]} players
 */
const seated = (players) =>
  /** @type {[SeatedPlayer, SeatedPlayer]} */ (
    players.map((player, index) => ({ ...player, seat: SEATS[index] ?? 'second' }))
  );

/** @type {Reducers} */
const REDUCERS = {
  joined: (match, data) => ({
    ...match,
    joined: { ...data, players: seated(data.players) },
    phase: data.phase,
    score: data.score,
    present: { first: data.present[0] ?? false, second: data.present[1] ?? false },
    countdown: null,
    pause: null,
    result: data.result ?? match.result,
  }),
  countdown: (match, data, now) => ({
    ...match,
    phase: 'countdown',
    pause: null,
    countdown: { endsAt: now + data.remaining_ms, reason: data.reason },
  }),
  // No event tells that a countdown is over: the time does, and frames do.
  playing: (match, _, now) => (isCountdownOver(match, now) ? { ...match, phase: 'playing', countdown: null } : match),
  point: (match, data) => ({ ...match, score: data.score, pauseOffer: null }),
  paused: (match, { by, remaining }, now) => ({
    ...match,
    phase: pausedPhase(by),
    countdown: null,
    pauseOffer: null,
    pause: { by, endsAt: remaining === null ? null : now + remaining * 1000 },
  }),
  pause_offer: (match, { seat }) => ({ ...match, pauseOffer: seat }),
  resumed: (match) => ({ ...match, phase: 'playing', pause: null, countdown: null }),
  finished: (match, data) => ({
    ...match,
    phase: 'finished',
    score: data.score,
    result: data,
    pause: null,
    countdown: null,
  }),
  canceled: (match, data) => ({ ...match, phase: 'canceled', cancellation: data, pause: null, countdown: null }),
  player_joined: (match, { seat }) => ({ ...match, present: { ...match.present, [seat]: true } }),
  // A countdown ends when a player leaves; where play had begun, `paused` follows.
  player_left: (match, { seat }) => ({
    ...match,
    present: { ...match.present, [seat]: false },
    phase: match.phase === 'countdown' ? 'open' : match.phase,
    countdown: null,
  }),
  rematch_offer: (match, { seat }) => ({ ...match, rematch: { offeredBy: seat, declinedBy: null, matchId: null } }),
  rematch_decline: (match, { seat }) => ({ ...match, rematch: { offeredBy: null, declinedBy: seat, matchId: null } }),
  rematch_accept: (match, { match_id: matchId }) => ({ ...match, rematch: { ...match.rematch, matchId } }),
  chat: (match, message) => ({ ...match, messages: [...match.messages, message].slice(-MAX_MESSAGES) }),
  spectators: (match, { count }) => ({ ...match, spectators: count }),
  connection: (match, { connection, closeCode }) => ({ ...match, connection, closeCode }),
};

/** The names of the events that change what is known. */
export const MATCH_EVENTS = /** @type {const} */ ([
  'joined',
  'countdown',
  'point',
  'paused',
  'pause_offer',
  'resumed',
  'finished',
  'canceled',
  'player_joined',
  'player_left',
  'rematch_offer',
  'rematch_decline',
  'rematch_accept',
  'chat',
  'spectators',
]);

/**
 * The match after an event; `now` is the local time in milliseconds.
 * @template {ReducedEventName} N
 * @param {Match} match
 * @param {N} name
 * @param {MatchEvents[N]} data
 * @param {number} now
 * @returns {Match}
 */
export const reduceMatch = (match, name, data, now) => REDUCERS[name](match, data, now);

/**
 * @param {Match} match
 * @param {number} now
 */
const isCountdownOver = ({ phase, countdown }, now) => phase === 'countdown' && (!countdown || now >= countdown.endsAt);

/**
 * @param {PausedBy} by
 * @returns {MatchPhase}
 */
function pausedPhase(by) {
  if (by === 'server') return 'recovering';
  return ABSENT.includes(by) ? 'interrupted' : 'paused';
}

/**
 * Whether the match has ended, with or without a result.
 * @param {Pick<Match, 'phase'>} match
 */
export const hasEnded = ({ phase }) => phase === 'finished' || phase === 'canceled';

/**
 * Whether both seats are played at one keyboard, in a match of its own or of a tournament.
 * @param {{ players: Pick<MatchPlayer, 'type'>[] }} match
 */
export const isAtOneKeyboard = ({ players }) => players.some(({ type }) => type === 'local');

/**
 * The seat opposite to this one.
 * @param {SeatName} seat
 * @returns {SeatName}
 */
export const otherSeat = (seat) => (seat === 'first' ? 'second' : 'first');

/**
 * The player of a seat, once the match has been joined.
 * @param {Match} match
 * @param {SeatName} seat
 */
export function playerIn(match, seat) {
  const player = match.joined?.players.find((one) => one.seat === seat);
  if (!player) throw new Error('the match has not been joined');
  return player;
}
