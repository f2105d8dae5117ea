// The best players of a game, and the current user's place among them.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { avatar, fill, h, page } from '../dom.js';
import { segmentedControl } from '../forms.js';
import { GAMES } from '../games/game-texts.js';
import { profileUrl } from '../person-row.js';
import { navigate, replaceAddress } from '../router.js';
import { loadStyles } from '../styles.js';
import { showError } from '../toasts.js';

const PAGE_SIZE = 50;
const VIEWS = [['top', 'Top'], ['me', 'Around me'], ['friends', 'Friends']];

export default async function view({ params, query, signal }) {
  const game = params.game ?? GAMES[0][0];
  let shown = VIEWS.some(([key]) => key === query.get('show')) ? query.get('show') : 'top';
  const board = leaderboard(game, signal);
  await Promise.all([board.load(shown), loadStyles('/styles/games.css')]);
  const gamePicker = segmentedControl('game', 'Game', GAMES, game, (slug) => navigate(`/leaderboards/${slug}?show=${shown}`));
  const viewPicker = segmentedControl('show', 'Show', VIEWS, shown, (key) => {
    shown = key;
    replaceAddress(`/leaderboards/${game}?show=${key}`);
    board.load(key).catch(showError);
  });
  return page('Leaderboards', h('div.card', {}, h('div.filters', {}, gamePicker, viewPicker), board.element));
}

/** The table; `load` fills it with one of the views. */
function leaderboard(game, signal) {
  const body = h('tbody');
  const head = h('thead', {}, h('tr', {}, ['Rank', 'Player', 'Rating', 'Matches'].map((name) => h('th', { scope: 'col' }, name))));
  const table = h('table.leaderboard', {}, h('caption.visually-hidden', {}, 'Leaderboard'), head, body);
  const empty = h('p.hint', { role: 'status' });
  const more = h('div.actions');
  const load = async (shown, offset = 0) => {
    const query = new URLSearchParams({ limit: PAGE_SIZE, offset });
    if (shown === 'me') query.set('around', 'me');
    if (shown === 'friends') query.set('friends', 'true');
    const { data, meta } = await api.get(`/leaderboards/${game}/?${query}`, { signal });
    if (!offset) fill(body);
    body.append(...data.map(row));
    table.hidden = !body.children.length;
    empty.textContent = body.children.length ? '' : EMPTY_TEXTS[shown];
    fill(more, shown !== 'me' && meta.next && actionButton('Show more', () => load(shown, offset + PAGE_SIZE)));
  };
  return { element: h('div.stack', {}, empty, table, more), load: (shown) => load(shown) };
}

const EMPTY_TEXTS = {
  top: 'Nobody is on the leaderboard yet. A few ranked matches get you there.',
  me: 'You are not on the leaderboard yet. A few ranked matches get you there.',
  friends: 'None of your friends is on the leaderboard yet.',
};

function row({ rank, user, rating, matches, is_me: isMe }) {
  return h('tr', { 'aria-current': isMe ? 'true' : null },
    h('td.rank', {}, rank),
    h('th', { scope: 'row' }, h('a.person-link', { href: profileUrl(user.username) }, avatar(user, 32), h('span', { dir: 'auto' }, user.display_name))),
    h('td.rating', {}, rating),
    h('td', {}, matches));
}
