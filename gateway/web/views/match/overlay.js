// @ts-check
// What lies over the court while nothing is played: countdown, pause, lost connection, result.

import { actionButton } from '../../elements/action-button.js';
import { elementOf } from '../../elements/template-parts.js';
import { otherSeat, playerIn } from '../../games/match-state.js';
import { onAbort } from '../../live/abort.js';
import { openCurrentView } from '../../shell/router.js';
import { html, nothing, render } from '../../vendor/lit.js';
import { resultPanel } from './result.js';

/** @import { GameMatch, LiveMatch, MatchKnown, MatchPause, SeatName } from './types.js' */
/** @typedef {{ key: string, content: (() => unknown) | null }} Cover */

const TICK = 100;
/** @type {Record<number, string>} */
const CLOSED_TEXTS = {
  4403: 'This match is private.',
  4404: 'There is no such match.',
  4409: 'You opened this match in another window.',
  4410: 'This match is over.',
};
/** @type {Record<string, string>} */
const COUNTDOWN_TEXTS = {
  resumed: 'Play goes on in',
  returned: 'Everyone is back. Play goes on in',
  recovered: 'Play goes on in',
};

/**
 * The overlay of a live match; hidden during play.
 * @param {GameMatch} stored
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
export function overlay(stored, live, signal) {
  const element = elementOf(html`<div class="overlay" role="status"></div>`);
  let shownKey = '';
  const update = () => {
    const match = live.match.value;
    const { key, content } = coverOf(match, stored, live);
    if (key !== shownKey) show(element, key, content?.() ?? nothing);
    shownKey = key;
    updateSeconds(element, match);
  };
  live.match.subscribe(update, signal);
  const timer = setInterval(update, TICK);
  onAbort(signal, () => clearInterval(timer));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} key
 * @param {unknown} content
 */
function show(element, key, content) {
  element.hidden = content === nothing;
  element.classList.toggle('is-countdown', key === 'countdown');
  element.classList.toggle('is-result', key.startsWith('result'));
  render(content, element);
  /** @type {HTMLElement | null} */
  const next = key.startsWith('result') ? element.querySelector('.primary') : null;
  next?.focus({ preventScroll: true });
}

/**
 * What to show: a key that says when to render again, and a function that does.
 * @param {MatchKnown} match
 * @param {GameMatch} stored
 * @param {LiveMatch} live
 * @returns {Cover}
 */
function coverOf(match, stored, live) {
  const { phase, connection, closeCode, pause, present } = match;
  if (phase === 'finished' || phase === 'canceled')
    return { key: resultKey(match), content: () => resultPanel(match, stored, live) };
  if (connection === 'closed') return { key: `closed ${closeCode}`, content: () => closedPanel(closeCode) };
  if (connection !== 'open') return { key: 'lost', content: () => lostPanel(navigator.onLine) };
  if (phase === 'playing') return { key: 'playing', content: null };
  if (phase === 'countdown') return countdown(match);
  return { key: `${phase} ${pause?.by} ${Object.values(present)}`, content: () => waitingPanel(match) };
}

/** @param {MatchKnown} match */
const resultKey = ({ phase, result, rematch, connection }) =>
  `result ${phase} ${Boolean(result)} ${JSON.stringify(rematch)} ${connection}`;

/**
 * @param {MatchKnown} match
 * @returns {Cover}
 */
function countdown({ countdown: start }) {
  if (start && performance.now() > start.endsAt) return { key: 'started', content: null };
  const text = COUNTDOWN_TEXTS[start?.reason ?? ''];
  return {
    key: 'countdown',
    content: () =>
      html`${text ? html`<p>${text}</p>` : nothing}
        <p class="countdown-number" data-seconds="countdown"></p>`,
  };
}

/** @param {MatchKnown} match */
function waitingPanel(match) {
  const { phase, pause } = match;
  if (phase === 'open')
    return panel(
      `Waiting for ${absentName(match) ?? 'the start'}…`,
      html`<p>The match begins as soon as everyone is here.</p>`,
    );
  if (phase === 'recovering')
    return panel('One moment…', html`<p>The match moves to another server. It goes on where it was.</p>`);
  if (phase === 'interrupted')
    return panel(
      `${absentName(match) ?? 'A player'} is away`,
      secondsLine(pause, 'Play goes on when everyone is back, for at most '),
    );
  return panel(pausedTitle(match), secondsLine(pause, 'Play goes on in '));
}

/** @param {MatchKnown} match */
function pausedTitle(match) {
  const { joined, pause } = match;
  const isOwn = pause && (pause.by === 'both' || pause.by === joined?.seat || joined?.mode === 'practice');
  if (isOwn) return 'Paused';
  const by = pause?.by === 'first' || pause?.by === 'second' ? playerIn(match, pause.by).name : 'the players';
  return `Paused by ${by}`;
}

/** @param {MatchKnown} match */
function absentName(match) {
  const { joined, present } = match;
  /** @type {SeatName[]} */
  const seats = joined?.seat ? [otherSeat(joined.seat), joined.seat] : ['first', 'second'];
  const seat = seats.find((one) => !present[one] && playerIn(match, one).user);
  return seat ? playerIn(match, seat).name : null;
}

/**
 * @param {MatchPause | null} pause
 * @param {string} text
 */
const secondsLine = (pause, text) =>
  pause?.endsAt ? html`<p>${text}<span data-seconds="pause"></span>.</p>` : nothing;

/**
 * @param {string} title
 * @param {unknown} rest
 */
const panel = (title, rest) =>
  html`<p class="overlay-title">${title}</p>
    ${rest}`;

/** @param {boolean} isOnline */
const lostPanel = (isOnline) =>
  panel(
    'Connection lost',
    html`<p>${isOnline ? 'Reconnecting…' : 'Your device is offline. Reconnecting as soon as it is back…'}</p>
      <span class="reconnecting" aria-hidden="true"></span>`,
  );

/** @param {number | null} code */
function closedPanel(code) {
  const known = code === null ? undefined : CLOSED_TEXTS[code];
  const canRetry = code === 4409 || code === 4410 || !known;
  const label = code === 4410 ? 'See the result' : code === 4409 ? 'Play here' : 'Try again';
  const retry = canRetry ? actionButton(label, () => openCurrentView(), { variant: 'primary' }) : nothing;
  return panel(
    known ?? 'The connection has ended.',
    html`<div class="actions">${retry}<a class="button" href="/">Home</a></div>`,
  );
}

/**
 * @param {HTMLElement} element
 * @param {MatchKnown} match
 */
function updateSeconds(element, { countdown: start, pause }) {
  /** @type {NodeListOf<HTMLElement>} */
  const places = element.querySelectorAll('[data-seconds]');
  for (const place of places) {
    const isCountdown = place.dataset.seconds === 'countdown';
    const endsAt = (isCountdown ? start : pause)?.endsAt;
    if (!endsAt) continue;
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    const text = isCountdown ? String(seconds || '') : `${seconds} s`;
    if (place.textContent !== text) place.textContent = text;
  }
}
