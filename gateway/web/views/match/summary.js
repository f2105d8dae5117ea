// What is known of a match that has ended: result, points, options, replay.

import { actionButton } from '../../action-button.js';
import * as api from '../../api.js';
import { h, heading, section } from '../../dom.js';
import { formatDateTime, formatDuration } from '../../format.js';
import { cancellationText, gameName, modeName, optionTexts, reasonText } from '../../games/game-texts.js';
import { playerFace } from '../../match-row.js';
import { profileUrl } from '../../person-row.js';
import { saveFile } from '../../save-file.js';
import { session } from '../../session.js';
import { showToast } from '../../toasts.js';
import { replayViewer } from './replay.js';
import { timeline } from './timeline.js';

/** Renders a match that has ended. */
export function render(match, signal) {
  const title = `${gameName(match.game)}: ${match.players.map(({ name }) => name).join(' – ')}`;
  return { title, content: [
    heading(title),
    h('div.card.match-summary', {},
      h('div.scoreboard', {}, playerSide(match, 0), h('p.score', {}, scoreText(match)), playerSide(match, 1)),
      h('p.outcome', {}, outcomeText(match)),
      h('dl.facts', {}, facts(match).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
      h('div.actions', {}, actions(match))),
    match.timeline?.length ? section('Points', timeline(match)) : null,
    match.game === 'pong' && match.has_replay ? section('Replay', replayViewer(match, signal)) : null,
  ].filter(Boolean) };
}

const scoreText = ({ players, state }) => (state === 'finished' ? `${players[0].score} – ${players[1].score}` : '–');

function playerSide({ players, winner }, index) {
  const { name, user, rating } = players[index];
  const link = user && !user.is_deleted ? h('a', { href: profileUrl(user.username), dir: 'auto' }, name) : h('span', { dir: 'auto' }, name);
  return h('div.player', { 'data-seat': index ? 'second' : 'first' }, playerFace({ name, user }), h('div', {},
    h('strong', {}, link), rating && ratingChange(rating), winner === index && h('span.badge.on', {}, 'Winner')));
}

/** A rating with its change. */
function ratingChange({ before, after }) {
  const change = after - before;
  const text = change > 0 ? `+${change}` : String(change).replace('-', '−');
  return h('span.hint', {}, `${after} `, h('strong', { class: change >= 0 ? 'gain' : 'loss' }, text));
}

function outcomeText(match) {
  if (match.state !== 'finished') return cancellationText(match.reason);
  if (match.winner === null) return 'The match was a draw.';
  return `${match.players[match.winner].name} won ${reasonText(match.reason)}`.trim().concat('.');
}

function facts(match) {
  const options = optionTexts(match.game, match.options).filter((text) => text !== 'ranked').join(', ');
  return [
    ['Played', h('time', { datetime: match.created_at }, formatDateTime(match.created_at))],
    ['Kind', match.rated ? `${modeName(match.mode)}, rated` : modeName(match.mode)],
    match.duration_ms > 0 && ['Duration', formatDuration(Math.round(match.duration_ms / 1000))],
    options && ['Options', options],
  ].filter(Boolean);
}

function actions(match) {
  const own = match.players.findIndex(({ user }) => user?.id === session.profile.id);
  const opponent = own < 0 ? null : match.players[1 - own].user;
  return [
    opponent && !opponent.is_deleted && actionButton('Invite to a rematch', async () => {
      await api.post(`/matches/${match.id}/rematch/`);
      showToast(`Invite sent to ${opponent.display_name}.`);
    }, { variant: 'primary' }),
    match.has_replay && actionButton('Download replay', () => downloadReplay(match)),
    h('a.button', { href: '/matches' }, 'All matches'),
  ];
}

async function downloadReplay({ id, game }) {
  saveFile(await api.getFile(`/matches/${id}/replay/`), `${game}-${id}.replay`);
}
