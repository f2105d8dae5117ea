// Matches in lists.

import { avatar, h } from './dom.js';
import { gameName, modeName, resultText } from './games/game-texts.js';
import { timeAgo } from './relative-time.js';

/** A row for an ended match, as the user with this id saw it. */
export function matchRow(match, userId) {
  const own = Math.max(0, match.players.findIndex(({ user }) => user?.id === userId));
  const [me, opponent] = [match.players[own], match.players[1 - own]];
  const result = match.state === 'finished' ? me.result : null;
  const score = match.state === 'finished' ? `${me.score} – ${opponent.score}` : '';
  return h('li', {}, h('a.match-row', { href: `/matches/${match.id}` },
    h('span.result', { 'data-result': result }, resultText(result)),
    playerFace(opponent, 36),
    h('span.match-row-text', {}, h('strong', { dir: 'auto' }, opponent.name),
      h('span.hint', {}, `${gameName(match.game)} · ${modeName(match.mode)} · `, time(match))),
    h('span.match-row-score', {}, h('strong', {}, score), me.rating && change(me.rating))));
}

/** A row for a live match, to watch. */
export function liveMatchRow(match) {
  const [first, second] = match.players;
  const kind = `${gameName(match.game)} · ${modeName(match.mode)}`;
  return h('li', {}, h('a.match-row', { href: `/matches/${match.id}` },
    playerFace(first, 36), playerFace(second, 36),
    h('span.match-row-text', {}, h('strong', { dir: 'auto' }, `${first.name} – ${second.name}`), h('span.hint', {}, kind)),
    h('span.match-row-score', {}, h('strong', {}, `${first.score} – ${second.score}`), h('span.button.watch', {}, 'Watch'))));
}

/** The avatar of a player; for the computer and players without an account, the first letter of the name. */
export function playerFace({ user, name }, size = 44) {
  if (user) return avatar(user, size);
  return h(size < 44 ? 'span.avatar.initial.small' : 'span.avatar.initial', { 'aria-hidden': 'true' }, [...name][0] ?? '?');
}

function time(match) {
  const at = match.ended_at ?? match.created_at;
  return timeAgo(at);
}

function change({ before, after }) {
  const difference = after - before;
  const text = difference > 0 ? `+${difference}` : String(difference).replace('-', '−');
  return h('span', { class: difference >= 0 ? 'gain' : 'loss' }, h('span.visually-hidden', {}, 'Rating '), text);
}
