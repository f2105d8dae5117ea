// @ts-check
// Who plays, and the score.

import { playerFace } from '../../elements/match-row.js';
import { profileUrl } from '../../elements/person-row.js';
import { following } from '../../elements/template-parts.js';
import { isAtOneKeyboard } from '../../games/match-state.js';
import { createSignal } from '../../live/signal.js';
import { html, nothing } from '../../vendor/lit.js';

/** @import { JoinedMatch, LiveMatch, SeatedPlayer } from './types.js' */

/**
 * The players left and right of the score, updated live; points are announced.
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
export function scoreboard(live, signal) {
  const { joined } = live.match.value;
  if (!joined) return nothing;
  const [first, second] = joined.players;
  const announcement = createSignal('');
  let shown = live.match.value.score;
  live.match.subscribe(({ score }) => {
    if (score.join() !== shown.join()) announcement.set(`${first.name} ${score[0]}, ${second.name} ${score[1]}.`);
    shown = score;
  }, signal);
  const [left, right] = joined.players.map((player) => playerSide(player, joined, live, signal));
  return html`<header class="scoreboard">
    ${left}
    <div>
      <p class="score" ${following([live.match], () => scoreOf(live), signal)}></p>
      <p class="visually-hidden" role="status" ${following([announcement], () => announcement.value, signal)}></p>
    </div>
    ${right}
  </header>`;
}

/** @param {LiveMatch} live */
function scoreOf({ match }) {
  const [first, second] = match.value.score;
  return html`<span>${first}</span><span class="score-dash">–</span><span>${second}</span>`;
}

/**
 * @param {SeatedPlayer} player
 * @param {JoinedMatch} joined
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
function playerSide(player, joined, live, signal) {
  const { seat, user } = player;
  const face = playerFace(player, 44);
  const detail = detailOf(player, joined);
  const state = () =>
    user && !live.match.value.present[seat]
      ? html`<span class="away">Away</span>`
      : html`<span class="hint">${detail}</span>`;
  return html`<div class="player" data-seat=${seat}>
    ${face}
    <div>
      <strong>${nameOf(player)}</strong>
      <span class="player-state" ${following([live.match], state, signal)}></span>
    </div>
  </div>`;
}

/** @param {SeatedPlayer} player */
const nameOf = ({ user, name }) =>
  user
    ? html`<a href=${profileUrl(user.username)} target="_blank" dir="auto">${name}</a>`
    : html`<span dir="auto">${name}</span>`;

/**
 * @param {SeatedPlayer} player
 * @param {JoinedMatch} joined
 */
function detailOf({ seat, user }, joined) {
  if (seat === joined.seat && !isAtOneKeyboard(joined)) return 'You';
  return user ? `@${user.username}` : nothing;
}
