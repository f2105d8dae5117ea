// A live match: its socket, what is known about it, and what its player does.

import { onAbort } from '../abort.js';
import { ReconnectingSocket } from '../realtime/reconnecting-socket.js';
import { createSignal } from '../realtime/signal.js';
import { hasEnded, INITIAL_MATCH, MATCH_EVENTS, reduceMatch } from './match-state.js';

const CONNECTIONS = { off: 'connecting', connecting: 'connecting', open: 'open', waiting: 'lost', stopped: 'closed' };
/** The server takes a player who is silent for two seconds as absent. */
const SIGN_OF_LIFE_INTERVAL = 1_000;
/** A connection without a frame for so long during play is replaced. */
const MAX_SILENCE = 2_000;
/** A player who is away too long loses. */
const MAX_BACKOFF = 2_000;

/**
 * Opens the socket of a match, until the abort signal fires. `match` is a signal of what is known;
 * `onFrame` gets each state: the data of a JSON one, or the buffer of a compact one.
 */
export function openLiveMatch(id, { form = 'json', rate = '60', onFrame = () => {}, signal }) {
  const socket = new ReconnectingSocket(`/ws/game/${id}/?frames=${form}&rate=${rate}`, { maxBackoff: MAX_BACKOFF });
  const match = createSignal(INITIAL_MATCH);
  const apply = (name, data) => match.set(reduceMatch(match.value, name, data, performance.now()));
  let heardAt = 0;
  const takeFrame = (frame) => {
    heardAt = performance.now();
    onFrame(frame);
  };
  for (const name of MATCH_EVENTS) {
    socket.on(name, (data) => {
      heardAt = performance.now();
      apply(name, data);
    });
  }
  socket.on('joined', ({ seat, state, phase, server_time: serverTime }) => {
    if (hasEnded(match.value)) return;
    takeFrame({ tick: 0, server_time: serverTime, frozen: true, ...state, isFirst: true });
    if (seat && phase === 'open') socket.send('ready');
  });
  socket.on('countdown', ({ remaining_ms: remaining }) => setTimeout(() => apply('playing'), remaining + 1));
  socket.on('state', takeFrame);
  socket.on('binary', takeFrame);
  socket.status.subscribe((status) => apply('connection', {
    connection: status === 'connecting' && match.value.joined ? 'lost' : CONNECTIONS[status],
    closeCode: status === 'stopped' ? socket.closeCode : null,
  }));
  const timer = setInterval(() => {
    const { joined, phase } = match.value;
    if (!joined || hasEnded(match.value)) return;
    if (joined.seat && !joined.tick_rate) socket.send('ping');
    const expectsFrames = joined.tick_rate > 0 && phase === 'playing';
    if (expectsFrames && performance.now() - heardAt > MAX_SILENCE) socket.reconnect();
  }, SIGN_OF_LIFE_INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  socket.start(signal);
  return {
    match,
    /** Notes a frame in which the match does not stand still. */
    notePlaying: () => apply('playing'),
    /** Sends an action without waiting for its effect. */
    send: (action, data) => socket.send(action, data),
    /** Sends an action and waits until it is accepted. */
    request: (action, data) => socket.request(action, data),
  };
}
