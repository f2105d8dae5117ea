// @ts-check
// The time until something happens, by the clock of the server.

import { events } from '../live/events-socket.js';
import { h } from './dom.js';
import { countdownText, formatDateTime } from './format.js';

const INTERVAL = 1_000;

/**
 * An element that counts down to a time: “4:59”, “2 h 05 min”, “3 days”; “a moment” once it is over.
 * @param {string} at
 */
export function countdown(at) {
  const text = countdownText(secondsUntil(at));
  return h('time.countdown', { datetime: at, title: formatDateTime(at), role: 'timer', 'data-countdown': true }, text);
}

/** @param {string} at */
const secondsUntil = (at) => Math.ceil((Date.parse(at) - events.serverNow()) / 1000);

function tick() {
  if (document.visibilityState === 'hidden') return;
  /** @type {NodeListOf<HTMLTimeElement>} */
  const times = document.querySelectorAll('time[data-countdown]');
  for (const time of times) {
    const text = countdownText(secondsUntil(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, INTERVAL);
document.addEventListener('visibilitychange', tick);
