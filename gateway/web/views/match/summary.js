// @ts-check
// A match that has ended: players, result, points, options, replay.

import { api } from '../../api/client.js';
import { saveFile } from '../../api/save-file.js';
import { session } from '../../api/session.js';
import { actionButton } from '../../elements/action-button.js';
import { heading } from '../../elements/dom.js';
import { formatDateTime, formatDuration } from '../../elements/format.js';
import { playerFace } from '../../elements/match-row.js';
import { profileUrl } from '../../elements/person-row.js';
import { showToast } from '../../elements/toasts.js';
import { cancellationText, gameName, modeName, optionTexts, reasonText } from '../../games/game-texts.js';
import { html, nothing } from '../../vendor/lit.js';
import { playersOf } from './players.js';
import { changeText } from './rating-change.js';
import { replayViewer } from './replay.js';
import { shareButton } from './share.js';
import { timeline } from './timeline.js';

/** @import { GameMatch, MatchPlayer, TimelinePoint } from './types.js' */

const SHORTEST_COURSE = 1_000;

/**
 * Renders a match that has ended.
 * @param {GameMatch} match
 * @param {AbortSignal} signal
 */
export function render(match, signal) {
  const title = `${gameName(match.game)}: ${match.players.map(({ name }) => name).join(' – ')}`;
  return {
    title,
    content: html`<div class="match-summary">
      <header class="court-card summary-court">
        ${heading(title)}
        <p class="outcome">${outcomeText(match)}</p>
        <div class="scoreboard">
          ${playerSide(match, 0)}
          <p class="score">${scoreText(match)}</p>
          ${playerSide(match, 1)}
        </div>
      </header>
      <div class="card">
        <dl class="facts">
          ${facts(match).map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
        <div class="actions">${actions(match)}</div>
      </div>
      ${part('replay', 'Replay', match.has_replay ? replayViewer(match, signal) : null)}
      ${part('points', 'Points', hasCourse(match.timeline) ? timeline(match, match.timeline) : null)}
    </div>`,
  };
}

/**
 * @param {string} id
 * @param {string} title
 * @param {unknown} content
 */
const part = (id, title, content) =>
  content
    ? html`<section class="card" aria-labelledby=${`match-${id}`}>
        <h2 id=${`match-${id}`}>${title}</h2>
        ${content}
      </section>`
    : nothing;

/**
 * Whether points came one after another: where a point is a whole game, they tell nothing.
 * @param {TimelinePoint[] | null} points
 * @returns {points is TimelinePoint[]}
 */
const hasCourse = (points) => (points?.at(-1)?.at_ms ?? 0) >= SHORTEST_COURSE;

/** @param {GameMatch} match */
const scoreText = (match) =>
  match.state === 'finished'
    ? playersOf(match)
        .map(({ score }) => score)
        .join(' – ')
    : '–';

/**
 * @param {GameMatch} match
 * @param {0 | 1} index
 */
function playerSide(match, index) {
  const player = playersOf(match)[index];
  return html`<div class="player" data-seat=${index ? 'second' : 'first'}>
    ${playerFace(player, 56)}
    <div>
      <strong>${nameOf(player)}</strong>
      ${match.winner === index ? html`<span class="winner-badge">Winner</span>` : nothing} ${ratingOf(player)}
    </div>
  </div>`;
}

/** @param {MatchPlayer} player */
const nameOf = ({ user, name }) =>
  user && !user.is_deleted
    ? html`<a href=${profileUrl(user.username)} dir="auto">${name}</a>`
    : html`<span dir="auto">${name}</span>`;

/** @param {MatchPlayer} player */
const ratingOf = ({ rating }) =>
  rating ? html`<span class="hint">${rating.after} ${changeText(rating.after - rating.before)}</span>` : nothing;

/** @param {GameMatch} match */
function outcomeText(match) {
  if (match.state !== 'finished') return cancellationText(match.reason);
  const winner = match.winner === null ? null : match.players[match.winner];
  if (!winner) return 'The match was a draw.';
  return `${`${winner.name} won ${reasonText(match.reason)}`.trim()}.`;
}

/**
 * @param {GameMatch} match
 * @returns {[string, unknown][]}
 */
function facts(match) {
  const options = optionTexts(match.game, match.options).filter((text) => text !== 'ranked');
  /** @type {([string, unknown] | null)[]} */
  const all = [
    ['Played', html`<time datetime=${match.created_at}>${formatDateTime(match.created_at)}</time>`],
    ['Kind', match.rated ? `${modeName(match.mode)}, rated` : modeName(match.mode)],
    match.duration_ms > 0 ? ['Duration', formatDuration(Math.round(match.duration_ms / 1000))] : null,
    options.length ? ['Options', asSentence(options.join(', '))] : null,
  ];
  return all.filter((fact) => fact !== null);
}

/** @param {string} text */
const asSentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {GameMatch} match */
function actions(match) {
  return html`${rematchButton(match)} ${match.state === 'finished' ? shareButton(match) : nothing}
    ${match.has_replay ? actionButton('Download replay', () => downloadReplay(match)) : nothing}
    <a class="button" href="/matches">All matches</a>`;
}

/** @param {GameMatch} match */
function rematchButton(match) {
  const players = playersOf(match);
  const own = players.findIndex(({ user }) => user?.id === session.profile?.id);
  const opponent = own < 0 ? null : players[own ? 0 : 1].user;
  if (!opponent || opponent.is_deleted) return nothing;
  const invite = async () => {
    await api.post(`/matches/${match.id}/rematch/`, {});
    showToast(`Invite sent to ${opponent.display_name}.`);
  };
  return actionButton('Invite to a rematch', invite, { variant: 'primary' });
}

/** @param {GameMatch} match */
async function downloadReplay({ id, game }) {
  saveFile(await api.getFile(`/matches/${id}/replay/`), `${game}-${id}.replay`);
}
