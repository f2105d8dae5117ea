// What a player or spectator knows about a live match, as a pure function of the events of its socket.

/** Before the first event. `connection` is `connecting`, `open`, `lost` or `closed`. */
export const INITIAL_MATCH = {
  connection: 'connecting',
  /** Why the connection is closed for good: a close code. */
  closeCode: null,
  joined: null,
  phase: 'open',
  score: [0, 0],
  /** Whether each seat is connected. */
  present: { first: false, second: false },
  /** `{ endsAt, reason }` in local time. */
  countdown: null,
  /** `{ by, endsAt }`; `endsAt` is null where nobody counts. */
  pause: null,
  /** The seat that asks for a pause. */
  pauseOffer: null,
  result: null,
  cancellation: null,
  /** `{ offeredBy, declinedBy, matchId }`. */
  rematch: { offeredBy: null, declinedBy: null, matchId: null },
  spectators: 0,
  messages: [],
};

const SEATS = ['first', 'second'];
const MAX_MESSAGES = 100;
const ABSENT = ['first_absent', 'second_absent', 'both_absent'];

const REDUCERS = {
  joined: (match, data) => ({
    ...match,
    joined: { ...data, players: data.players.map((player, index) => ({ ...player, seat: SEATS[index] })) },
    phase: data.phase,
    score: data.score,
    present: Object.fromEntries(SEATS.map((seat, index) => [seat, data.present[index]])),
    countdown: null,
    pause: null,
    result: data.result ?? match.result,
  }),
  countdown: (match, data, now) => ({
    ...match, phase: 'countdown', pause: null, countdown: { endsAt: now + data.remaining_ms, reason: data.reason },
  }),
  // No event tells that a countdown is over: the time does, and frames do.
  playing: (match, _, now) => (isCountdownOver(match, now) ? { ...match, phase: 'playing', countdown: null } : match),
  point: (match, data) => ({ ...match, score: data.score, pauseOffer: null }),
  paused: (match, { by, remaining }, now) => ({
    ...match, phase: pausedPhase(by), countdown: null, pauseOffer: null, pause: { by, endsAt: remaining === null ? null : now + remaining * 1000 },
  }),
  pause_offer: (match, { seat }) => ({ ...match, pauseOffer: seat }),
  resumed: (match) => ({ ...match, phase: 'playing', pause: null, countdown: null }),
  finished: (match, data) => ({ ...match, phase: 'finished', score: data.score, result: data, pause: null, countdown: null }),
  canceled: (match, data) => ({ ...match, phase: 'canceled', cancellation: data, pause: null, countdown: null }),
  player_joined: (match, { seat }) => ({ ...match, present: { ...match.present, [seat]: true } }),
  // A countdown ends when a player leaves; where play had begun, `paused` follows.
  player_left: (match, { seat }) => ({
    ...match, present: { ...match.present, [seat]: false }, phase: match.phase === 'countdown' ? 'open' : match.phase, countdown: null,
  }),
  rematch_offer: (match, { seat }) => ({ ...match, rematch: { offeredBy: seat, declinedBy: null, matchId: null } }),
  rematch_decline: (match, { seat }) => ({ ...match, rematch: { offeredBy: null, declinedBy: seat, matchId: null } }),
  rematch_accept: (match, { match_id: matchId }) => ({ ...match, rematch: { ...match.rematch, matchId } }),
  chat: (match, message) => ({ ...match, messages: [...match.messages, message].slice(-MAX_MESSAGES) }),
  spectators: (match, { count }) => ({ ...match, spectators: count }),
  connection: (match, { connection, closeCode }) => ({ ...match, connection, closeCode }),
};

/** The names of the events that change what is known. */
export const MATCH_EVENTS = ['joined', 'countdown', 'point', 'paused', 'pause_offer', 'resumed', 'finished', 'canceled', 'player_joined',
  'player_left', 'rematch_offer', 'rematch_decline', 'rematch_accept', 'chat', 'spectators'];

/** The match after an event; `now` is the local time in milliseconds. */
export const reduceMatch = (match, name, data, now) => REDUCERS[name](match, data, now);

const isCountdownOver = ({ phase, countdown }, now) => phase === 'countdown' && (!countdown || now >= countdown.endsAt);

function pausedPhase(by) {
  if (by === 'server') return 'recovering';
  return ABSENT.includes(by) ? 'interrupted' : 'paused';
}

/** Whether the match has ended, with or without a result. */
export const hasEnded = ({ phase }) => phase === 'finished' || phase === 'canceled';

/** The seat opposite to this one. */
export const otherSeat = (seat) => (seat === 'first' ? 'second' : 'first');

/** The player of a seat. */
export const playerIn = (match, seat) => match.joined.players.find((player) => player.seat === seat);
