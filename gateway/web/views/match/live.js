// A live match, for its players and for those who watch.

import { onAbort } from '../../abort.js';
import { h, heading } from '../../dom.js';
import { plural } from '../../format.js';
import { gameName } from '../../games/game-texts.js';
import { openLiveMatch } from '../../games/live-match.js';
import { hasEnded, playerIn } from '../../games/match-state.js';
import { prepareGame } from '../../games/registry.js';
import * as matchesStore from '../../realtime/matches-store.js';
import { navigate } from '../../router.js';
import { session } from '../../session.js';
import { matchActions } from './actions.js';
import { matchChat } from './chat.js';
import { overlay } from './overlay.js';
import { scoreboard } from './scoreboard.js';

/** The abort signal of the match that was opened last. */
let latest = null;

const UNKNOWN_GAME = 'This page does not know this game yet. Reload it.';

/** Renders a live match; resolves once its socket has joined, or cannot. */
export async function render(match, signal) {
  const isSpectator = !match.players.some(({ user }) => user?.id === session.profile.id);
  const game = await prepareGame(match.game, { isSpectator, options: match.options, signal });
  const title = `${gameName(match.game)}: ${match.players.map(({ name }) => name).join(' – ')}`;
  if (!game) return { title, content: [heading(title), h('p', { role: 'alert' }, UNKNOWN_GAME)] };
  const live = openLiveMatch(match.id, { ...game.frames, onFrame: (frame) => game.take(frame), signal });
  await joinedOrClosed(live.match, signal);
  return { title, content: [h('h1.visually-hidden', { tabindex: '-1' }, title), content(match, game, live, signal)] };
}

/** Waits until the first frames have come, or the server has refused. */
function joinedOrClosed(match, signal) {
  return new Promise((resolve, reject) => {
    onAbort(signal, () => reject(signal.reason));
    match.subscribe(({ joined, connection }) => (joined || connection === 'closed') && resolve(), signal);
  });
}

function content(stored, game, live, signal) {
  const { joined } = live.match.value;
  const stage = h('div.stage', {}, joined && game.mount(live), overlay(stored, live, signal));
  if (!joined) return h('div.match', {}, stage);
  const hint = h('p.hint', {}, joined.seat ? game.hint(joined) : 'You are watching.');
  const offer = h('span', { role: 'status' });
  const spectators = h('span.hint', { role: 'status' });
  live.match.subscribe((match) => {
    const { spectators: count, pauseOffer } = match;
    offer.textContent = pauseOffer ? offerText(match) : '';
    spectators.textContent = count ? `${plural(count, 'person', 'people')} watching` : '';
  }, signal);
  const footer = h('div.match-footer', {}, matchActions(live, signal), offer, hint, spectators);
  let hasLeft = false;
  live.match.subscribe((match) => {
    if (hasLeft) return undefined;
    hasLeft = Boolean(match.rematch.matchId);
    if (hasLeft) return navigate(`/matches/${match.rematch.matchId}`, { replace: true });
    hint.hidden = hasEnded(match);
    if (joined.seat) noteProgress(match);
    return document.body.classList.toggle('is-playing', Boolean(joined.seat) && !hasEnded(match));
  }, signal);
  latest = signal;
  // The next match, such as a rematch, may be on screen already.
  onAbort(signal, () => latest === signal && document.body.classList.remove('is-playing'));
  return h('div.match', { 'data-game': joined.game },
    h('div.match-main', {}, scoreboard(live, signal), stage, footer), matchChat(live, signal));
}

function noteProgress(match) {
  const { match_id: id, game, opponent } = match.joined;
  if (hasEnded(match)) matchesStore.noteEnd(id);
  else matchesStore.noteMatch({ match_id: id, game, opponent: opponent.user });
}

function offerText(match) {
  const { joined, pauseOffer } = match;
  if (pauseOffer === joined.seat) return 'Pause requested.';
  return `${playerIn(match, pauseOffer).name} asks for a pause.${joined.seat ? ' Press Pause to agree.' : ''}`;
}
