// Times that stay true while they are on screen, such as “2 minutes ago” and “Today”.

import { h } from './dom.js';
import { formatDateTime, formatDay, relativeTime, shortRelativeTime } from './format.js';

const INTERVAL = 15_000;
const FORMATS = { ago: relativeTime, short: shortRelativeTime, day: formatDay };

/** An element with the time that has passed since then. */
export const timeAgo = (time, spec = 'time') => ticking(time, 'ago', spec);

/** The same where there is little room. */
export const shortTimeAgo = (time, spec = 'time') => ticking(time, 'short', spec);

/** An element with the day: today, yesterday, or the date. */
export const dayOf = (time, spec = 'time') => ticking(time, 'day', spec);

function ticking(time, format, spec) {
  return h(spec, { datetime: time, title: formatDateTime(time), 'data-ticking': format }, FORMATS[format](time));
}

function tick() {
  if (document.visibilityState === 'hidden') return;
  for (const element of document.querySelectorAll('time[data-ticking]')) {
    const text = FORMATS[element.dataset.ticking](element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
}

setInterval(tick, INTERVAL);
document.addEventListener('visibilitychange', tick);
