// The matches of a user, newest first, with filters.

import { actionButton } from '../../action-button.js';
import * as api from '../../api.js';
import { fill, h, page } from '../../dom.js';
import { plural } from '../../format.js';
import { selectField } from '../../forms.js';
import { GAMES } from '../../games/game-texts.js';
import { matchRow } from '../../match-row.js';
import { profileUrl } from '../../person-row.js';
import { replaceAddress } from '../../router.js';
import { session } from '../../session.js';
import { loadStyles } from '../../styles.js';
import { showError } from '../../toasts.js';

const PAGE_SIZE = 20;
const FILTERS = {
  game: ['Game', [['', 'All games'], ...GAMES]],
  result: ['Result', [['', 'All results'], ['won', 'Won'], ['lost', 'Lost'], ['drawn', 'Drawn']]],
};

export default async function view({ query, signal }) {
  const { profile } = session;
  const username = query.get('player') ?? profile.username;
  const isOwn = username === profile.username;
  const [{ data: user }] = await Promise.all([
    isOwn ? { data: profile } : api.get(`/users/${encodeURIComponent(username)}/`, { signal }), loadStyles('/styles/games.css'),
  ]);
  const filters = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, query.get(name) ?? '']));
  const list = matchList(user, filters, signal);
  await list.load();
  const title = isOwn ? 'Your matches' : `Matches of ${user.display_name}`;
  return page(title,
    !isOwn && h('p', {}, h('a', { href: profileUrl(username) }, 'Back to the profile')),
    h('div.card', {}, filterFields(filters, isOwn ? null : username, list.load), list.element));
}

function filterFields(filters, player, load) {
  const fields = Object.entries(FILTERS).map(([name, [label, pairs]]) => {
    const field = selectField(name, label, pairs, { value: filters[name] });
    field.input.addEventListener('change', () => {
      filters[name] = field.input.value;
      const set = Object.entries({ ...filters, player }).filter(([, value]) => value);
      replaceAddress(`/matches${set.length ? `?${new URLSearchParams(set)}` : ''}`);
      load().catch(showError);
    });
    return field.element;
  });
  return h('div.filters', {}, fields);
}

/** The list; `load` loads it anew by the current filters. */
function matchList(user, filters, signal) {
  const status = h('p.hint', { role: 'status' });
  const list = h('ul.match-rows');
  const more = h('div.actions');
  let latest = 0;
  const load = async (offset = 0) => {
    const request = (latest += 1);
    const query = new URLSearchParams({ player: user.username, limit: PAGE_SIZE, offset });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
    const { data, meta } = await api.get(`/matches/?${query}`, { signal });
    if (request !== latest) return;
    if (!offset) fill(list);
    list.append(...data.map((match) => matchRow(match, user.id)));
    fill(status, list.children.length ? meta.total !== undefined && plural(meta.total, 'match', 'matches') : emptyText(filters));
    fill(more, meta.next && actionButton('Show more', async () => {
      await load(offset + PAGE_SIZE);
      list.children[offset + PAGE_SIZE]?.querySelector('a').focus();
    }));
  };
  return { element: h('div.stack', {}, status, list, more), load: () => load() };
}

function emptyText({ game, result }) {
  if (game || result) return 'No matches like that.';
  return ['No matches yet. ', h('a', { href: '/play' }, 'Play the first one'), '.'];
}
