// What lies over the court while nothing is played: countdown, pause, lost connection, result.

import { onAbort } from '../../abort.js';
import { actionButton } from '../../action-button.js';
import { fill, h } from '../../dom.js';
import { otherSeat, playerIn } from '../../games/match-state.js';
import { openCurrentView } from '../../router.js';
import { resultPanel } from './result.js';

const TICK = 100;
const CLOSED_TEXTS = {
  4403: 'This match is private.',
  4404: 'There is no such match.',
  4409: 'You opened this match in another window.',
  4410: 'This match is over.',
};
const COUNTDOWN_TEXTS = { resumed: 'Play goes on in', returned: 'Everyone is back. Play goes on in', recovered: 'Play goes on in' };

/** The overlay of a live match; hidden during play. */
export function overlay(stored, live, signal) {
  const element = h('div.overlay', { role: 'status' });
  let shownKey = null;
  const render = () => {
    const match = live.match.value;
    const { key, content } = describe(match, stored, live);
    if (key !== shownKey) {
      shownKey = key;
      element.hidden = !content;
      element.classList.toggle('is-countdown', key === 'countdown');
      fill(element, content ? content() : []);
      if (key.startsWith('result')) element.querySelector('.primary')?.focus({ preventScroll: true });
    }
    updateSeconds(element, match);
  };
  live.match.subscribe(render, signal);
  const timer = setInterval(render, TICK);
  onAbort(signal, () => clearInterval(timer));
  return element;
}

/** What to show: a key that says when to render again, and a function that does. */
function describe(match, stored, live) {
  if (match.phase === 'finished' || match.phase === 'canceled') return { key: resultKey(match), content: () => resultPanel(match, stored, live) };
  if (match.connection === 'closed') return { key: `closed ${match.closeCode}`, content: () => closedPanel(match.closeCode) };
  if (match.connection !== 'open') return { key: 'lost', content: () => panel('Connection lost', 'Reconnecting…') };
  if (match.phase === 'playing') return { key: 'playing', content: null };
  if (match.phase === 'countdown') return countdown(match);
  return { key: `${match.phase} ${match.pause?.by} ${Object.values(match.present)}`, content: () => waitingPanel(match) };
}

const resultKey = ({ phase, result, rematch, connection }) => `result ${phase} ${Boolean(result)} ${JSON.stringify(rematch)} ${connection}`;

function countdown(match) {
  if (match.countdown && performance.now() > match.countdown.endsAt) return { key: 'started', content: null };
  const text = COUNTDOWN_TEXTS[match.countdown?.reason];
  return { key: 'countdown', content: () => [text && h('p', {}, text), h('p.countdown-number', { 'data-seconds': 'countdown' })] };
}

function waitingPanel(match) {
  const { joined, phase, pause } = match;
  if (phase === 'open') return panel(`Waiting for ${absentName(match) ?? 'the start'}…`, 'The match begins as soon as everyone is here.');
  if (phase === 'recovering') return panel('One moment…', 'The match moves to another server. It goes on where it was.');
  if (phase === 'interrupted') return panel(`${absentName(match) ?? 'A player'} is away`, secondsLine(pause, 'Play goes on when everyone is back, for at most '));
  const isOwn = pause && (pause.by === 'both' || pause.by === joined.seat || joined.mode === 'practice');
  const title = isOwn ? 'Paused' : `Paused by ${playerIn(match, pause?.by)?.name ?? 'the players'}`;
  return panel(title, secondsLine(pause, 'Play goes on in '));
}

function absentName(match) {
  const { joined, present } = match;
  const seats = joined.seat ? [otherSeat(joined.seat), joined.seat] : ['first', 'second'];
  const seat = seats.find((one) => !present[one] && playerIn(match, one)?.user);
  return seat && playerIn(match, seat).name;
}

const secondsLine = (pause, text) => (pause?.endsAt ? h('p', {}, text, h('span', { 'data-seconds': 'pause' }), '.') : null);

function panel(title, ...rest) {
  return [h('p.overlay-title', {}, title), rest.map((one) => (typeof one === 'string' ? h('p', {}, one) : one))];
}

function closedPanel(code) {
  const text = CLOSED_TEXTS[code] ?? 'The connection has ended.';
  const again = code === 4409 ? 'Play here' : 'Try again';
  const canRetry = code === 4409 || code === 4410 || !CLOSED_TEXTS[code];
  return panel(text, h('div.actions', {},
    canRetry && actionButton(code === 4410 ? 'See the result' : again, () => openCurrentView(), { variant: 'primary' }),
    h('a.button', { href: '/' }, 'Home')));
}

function updateSeconds(element, { countdown: start, pause }) {
  for (const one of element.querySelectorAll('[data-seconds]')) {
    const { endsAt } = (one.dataset.seconds === 'countdown' ? start : pause) ?? {};
    if (!endsAt) continue;
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    const text = one.dataset.seconds === 'countdown' ? String(seconds || '') : `${seconds} s`;
    if (one.textContent !== text) one.textContent = text;
  }
}
