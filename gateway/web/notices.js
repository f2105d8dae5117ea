// Short messages at the edge of the page, which screen readers say aloud.

import { h } from './dom.js';
import { explain } from './words.js';

const LASTS = 6_000;

/** Tells of something that went well. It goes away by itself. */
export function tell(text) {
  for (const old of place().querySelectorAll('.good')) old.remove();
  const notice = show(text, 'good');
  setTimeout(() => notice.remove(), LASTS);
}

/** Tells of a failure; it stays until it is closed. */
export function warn(error) {
  if (error.name === 'AbortError' || error.name === 'Canceled') return;
  show(explain(error), 'bad');
}

/** Takes all messages away that are still there. */
export function clear() {
  place().replaceChildren();
}

function show(text, kind) {
  const close = h('button.quiet', { type: 'button', 'aria-label': 'Close this message' }, '×');
  const notice = h(`div.notice.${kind}`, {}, h('p', {}, text), close);
  close.addEventListener('click', () => notice.remove());
  place().append(notice);
  return notice;
}

const place = () => document.getElementById('notices');
