// The matches that are being played now, to watch.

import { onAbort } from '../../abort.js';
import * as api from '../../api.js';
import { fill, h, page } from '../../dom.js';
import { liveMatchRow } from '../../match-row.js';
import { loadStyles } from '../../styles.js';

const REFRESH_INTERVAL = 10_000;

export default async function view({ signal }) {
  const list = h('ul.match-rows');
  const empty = h('p', { hidden: true }, 'Nobody is playing right now. ', h('a', { href: '/play' }, 'Be the first'), '.');
  const load = async () => {
    const { data } = await api.get('/matches/live/', { signal });
    const focused = document.activeElement?.getAttribute('href');
    fill(list, data.map(liveMatchRow));
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    empty.hidden = data.length > 0;
  };
  await Promise.all([load(), loadStyles('/styles/games.css')]);
  // A list that is a moment old is no problem; the next load mends it.
  const timer = setInterval(() => document.visibilityState === 'visible' && load().catch(() => {}), REFRESH_INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  return page('Live matches', h('div.card', {}, empty, list));
}
