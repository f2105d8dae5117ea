// Who plays, and the score.

import { fill, h } from '../../dom.js';
import { playerFace } from '../../match-row.js';
import { profileUrl } from '../../person-row.js';

/** The players left and right of the score, updated live; points are announced. */
export function scoreboard(live, signal) {
  const { joined } = live.match.value;
  const [first, second] = joined.players;
  const score = h('p.score');
  const announcement = h('p.visually-hidden', { role: 'status' });
  const sides = [first, second].map((player) => playerSide(player, joined));
  let shown = null;
  live.match.subscribe(({ score: points, present }) => {
    if (points.join() !== shown) {
      fill(score, h('span', {}, points[0]), h('span.score-dash', {}, '–'), h('span', {}, points[1]));
      if (shown) announcement.textContent = `${first.name} ${points[0]}, ${second.name} ${points[1]}.`;
      shown = points.join();
    }
    for (const [index, { seat, user }] of joined.players.entries()) {
      sides[index].classList.toggle('is-absent', Boolean(user) && !present[seat]);
    }
  }, signal);
  return h('header.scoreboard', {}, sides[0], h('div', {}, score, announcement), sides[1]);
}

function playerSide({ name, user, seat }, joined) {
  const isOwn = seat === joined.seat && joined.mode !== 'local';
  const label = user
    ? h('a', { href: profileUrl(user.username), target: '_blank', dir: 'auto' }, name)
    : h('span', { dir: 'auto' }, name);
  const detail = isOwn ? 'You' : user && `@${user.username}`;
  return h('div.player', { 'data-seat': seat }, playerFace({ name, user }),
    h('div', {}, h('strong', {}, label), detail && h('span.hint', {}, detail), h('span.away', {}, 'Away')));
}
