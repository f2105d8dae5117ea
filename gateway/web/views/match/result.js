// The result of a match that has just ended, and what comes next.

import { actionButton } from '../../action-button.js';
import * as api from '../../api.js';
import { h } from '../../dom.js';
import { cancellationText, reasonText } from '../../games/game-texts.js';
import { otherSeat, playerIn } from '../../games/match-state.js';
import { navigate, openCurrentView } from '../../router.js';

/** The panel over the court. */
export function resultPanel(match, stored, live) {
  return [...(match.phase === 'canceled' ? canceled(match) : finished(match)), h('div.actions', {}, nextButtons(match, stored, live))];
}

function canceled({ cancellation }) {
  return [h('p.overlay-title', {}, 'No result'), h('p', {}, cancellationText(cancellation?.reason))];
}

function finished(match) {
  const { joined, result } = match;
  if (!result) return [h('p.overlay-title', {}, 'Match over')];
  const title = h('p.overlay-title', {}, titleOf(match));
  const score = h('p.final-score', {}, result.score.join(' – '));
  const reason = reasonText(result.reason);
  return [title, score, reason && h('p', {}, `Decided ${reason}.`), joined.seat && ratingLine(match)];
}

function titleOf(match) {
  const { joined, result } = match;
  if (!result.winner) return 'Draw';
  if (joined.seat && joined.mode !== 'local') return result.winner === joined.seat ? 'You won!' : 'You lost';
  return `${playerIn(match, result.winner).name} won!`;
}

function ratingLine({ joined, result }) {
  if (!result.rating_change) return null;
  const change = result.rating_change[joined.seat === 'second' ? 1 : 0];
  const text = change > 0 ? `+${change}` : String(change).replace('-', '−');
  return h('p', {}, 'Rating ', h('strong', { class: change >= 0 ? 'gain' : 'loss' }, text));
}

function nextButtons(match, stored, live) {
  const { joined, connection } = match;
  const details = actionButton('Match details', () => openCurrentView());
  const home = h('a.button', { href: '/' }, 'Home');
  if (!joined?.seat) return [details, home];
  const again = AGAIN[joined.mode];
  if (again) return [actionButton('Play again', () => again(stored, joined), { variant: 'primary' }), details, home];
  return [connection === 'open' && rematchButtons(match, live), requeueLink(joined), details, home];
}

/** How to play again where nobody else has to agree. */
const AGAIN = {
  practice: async ({ game, options }, { players }) => {
    const { skill } = players.find(({ type }) => type === 'computer');
    await start(`/games/${game}/practice/`, { level: await levelOf(game, skill), options });
  },
  local: async ({ game, options }, { players }) => {
    await start(`/games/${game}/local/`, { players: players.map(({ name }) => name), options });
  },
};

/** The level of the computer's skill; a skill between the levels follows the user. */
async function levelOf(slug, skill) {
  const { data: games } = await api.get('/games/');
  return games.find((game) => game.slug === slug)?.levels.find((level) => level.skill === skill)?.name ?? 'adaptive';
}

async function start(path, body) {
  const { data } = await api.post(path, body);
  await navigate(`/matches/${data.id}`, { replace: true });
}

const requeueLink = ({ mode, game }) => (mode === 'casual' || mode === 'ranked')
  && h('a.button', { href: `/play?game=${game}&opponent=random` }, 'New opponent');

function rematchButtons(match, live) {
  const { joined, rematch } = match;
  const name = playerIn(match, otherSeat(joined.seat)).name;
  const send = (action) => () => live.request(action);
  if (rematch.matchId) return h('p', {}, 'Starting the rematch…');
  if (rematch.declinedBy) return h('p', {}, rematch.declinedBy === joined.seat ? 'Rematch declined.' : `${name} declined a rematch.`);
  if (rematch.offeredBy === joined.seat) return h('p', {}, `Waiting for ${name} to accept…`);
  if (!rematch.offeredBy) return actionButton('Rematch', send('rematch_offer'), { variant: 'primary' });
  return [h('p', {}, `${name} offers a rematch.`),
    actionButton('Accept', send('rematch_accept'), { variant: 'primary', name: 'Accept the rematch' }),
    actionButton('Decline', send('rematch_decline'), { name: 'Decline the rematch' })];
}
