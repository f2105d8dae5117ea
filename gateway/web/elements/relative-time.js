// @ts-check
// Times that stay true while they are on screen, such as “2 minutes ago” and “Today”.

import { h } from './dom.js';
import { formatDateTime, formatDay, relativeTime, shortRelativeTime } from './format.js';

const INTERVAL = 15_000;
/** @type {Record<string, (time: string) => string>} */
const FORMATS = { ago: relativeTime, short: shortRelativeTime, day: formatDay };

/**
 * An element with the time that has passed since then.
 * @param {string} time
 * @param {string} [spec]
 */
export const timeAgo = (time, spec = 'time') => ticking(time, 'ago', spec);

/**
 * The same where there is little room.
 * @param {string} time
 * @param {string} [spec]
 */
export const shortTimeAgo = (time, spec = 'time') => ticking(time, 'short', spec);

/**
 * An element with the day: today, yesterday, or the date.
 * @param {string} time
 * @param {string} [spec]
 */
export const dayOf = (time, spec = 'time') => ticking(time, 'day', spec);

/**
 * @param {string} time
 * @param {string} format
 * @param {string} spec
 */
function ticking(time, format, spec) {
  const text = FORMATS[format]?.(time) ?? '';
  return h(spec, { datetime: time, title: formatDateTime(time), 'data-ticking': format }, text);
}

function tick() {
  if (document.visibilityState === 'hidden') return;
  /** @type {NodeListOf<HTMLTimeElement>} */
  const times = document.querySelectorAll('time[data-ticking]');
  for (const time of times) {
    const text = FORMATS[time.dataset.ticking ?? '']?.(time.dateTime) ?? '';
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, INTERVAL);
document.addEventListener('visibilitychange', tick);
