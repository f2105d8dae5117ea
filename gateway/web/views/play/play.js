// Chooses a game and an opponent.

import * as api from '../../api.js';
import { fill, h, page } from '../../dom.js';
import { segmentedControl } from '../../forms.js';
import { replaceAddress } from '../../router.js';
import { loadStyles } from '../../styles.js';
import { computerPanel } from './computer.js';
import { friendPanel } from './friend.js';
import { keyboardPanel } from './keyboard.js';
import { randomPanel } from './random.js';

const OPPONENTS = [
  ['computer', 'Computer', 'Practice at any level. Starts at once.', computerPanel],
  ['friend', 'A friend', 'Send an invite.', friendPanel],
  ['random', 'Anyone', 'Someone of your strength who is looking now.', randomPanel],
  ['keyboard', 'Two at one keyboard', 'Side by side on this device.', keyboardPanel],
];

export default async function view({ query, signal }) {
  const [{ data: games }] = await Promise.all([api.get('/games/', { signal }), loadStyles('/styles/games.css')]);
  const chosen = {
    game: games.find(({ slug }) => slug === query.get('game')) ?? games[0],
    opponent: OPPONENTS.find(([key]) => key === query.get('opponent')) ?? OPPONENTS[query.get('to') ? 1 : 0],
    to: query.get('to'),
  };
  const panel = h('div.card', { id: 'opponent-panel' });
  let shown = new AbortController();
  const show = async () => {
    shown.abort();
    shown = new AbortController();
    const [key, title, , render] = chosen.opponent;
    panel.setAttribute('aria-label', title);
    panel.setAttribute('role', 'group');
    fill(panel, await render({ game: chosen.game, to: chosen.to, signal: AbortSignal.any([signal, shown.signal]) }));
    replaceAddress(`/play?game=${chosen.game.slug}&opponent=${key}${chosen.to ? `&to=${encodeURIComponent(chosen.to)}` : ''}`);
  };
  const gamePicker = segmentedControl('game', 'Game', games.map(({ slug, title }) => [slug, title]), chosen.game.slug, (slug) => {
    chosen.game = games.find((game) => game.slug === slug);
    show();
  });
  await show();
  return page('Play', h('div.play', {}, gamePicker, opponentPicker(chosen, show), panel), links());
}

/** The opponents as large radio buttons. */
function opponentPicker(chosen, show) {
  const cards = OPPONENTS.map((opponent) => {
    const [key, title, text] = opponent;
    const input = h('input', { type: 'radio', name: 'opponent', id: `opponent-${key}`, value: key, checked: opponent === chosen.opponent });
    input.addEventListener('change', () => {
      chosen.opponent = opponent;
      show();
    });
    return h('div.opponent', {}, input, h('label', { for: input.id, 'data-opponent': key }, h('strong', {}, title), h('span.hint', {}, text)));
  });
  return h('fieldset.opponents', {}, h('legend.visually-hidden', {}, 'Opponent'), cards);
}

function links() {
  return h('nav.play-links', { 'aria-label': 'Games' },
    h('a', { href: '/matches/live' }, 'Watch live matches'),
    h('a', { href: '/leaderboards/pong' }, 'Leaderboards'),
    h('a', { href: '/matches' }, 'Your matches'));
}
