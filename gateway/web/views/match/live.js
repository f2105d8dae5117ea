// @ts-check
// A live match, for its players and for those who watch.

import { session } from '../../api/session.js';
import { heading } from '../../elements/dom.js';
import { following } from '../../elements/template-parts.js';
import { gameName } from '../../games/game-texts.js';
import { openLiveMatch } from '../../games/live-match.js';
import { hasEnded } from '../../games/match-state.js';
import { prepareGame } from '../../games/registry.js';
import { onAbort } from '../../live/abort.js';
import { matchesStore } from '../../live/matches-store.js';
import { navigate } from '../../shell/router.js';
import { html, nothing } from '../../vendor/lit.js';
import { matchActions } from './actions.js';
import { matchChat } from './chat.js';
import { overlay } from './overlay.js';
import { scoreboard } from './scoreboard.js';
import { statusLine } from './status-line.js';

/** @import { Frame, GameMatch, LiveMatch, PlayedGame } from './types.js' */

const UNKNOWN_GAME = 'This page does not know this game yet. Reload it.';

/** The abort signal of the match that was opened last. @type {AbortSignal | null} */
let latest = null;

/**
 * Renders a live match; resolves once its socket has joined, or cannot.
 * @param {GameMatch} match
 * @param {AbortSignal} signal
 */
export async function render(match, signal) {
  const isSpectator = !match.players.some(({ user }) => user?.id === session.profile?.id);
  const game = await prepareGame(match.game, { isSpectator, options: match.options, signal });
  const title = titleOf(match);
  if (!game)
    return {
      title,
      content: html`${heading(title)}
        <p role="alert">${UNKNOWN_GAME}</p>`,
    };
  const onFrame = (/** @type {Frame} */ frame) => game.take(frame);
  const live = openLiveMatch(match.id, { ...game.frames, onFrame, signal });
  await joinedOrClosed(live, signal);
  if (live.match.value.joined?.seat) followProgress(live, signal);
  followRematch(live, signal);
  return {
    title,
    content: html`<h1 class="visually-hidden" tabindex="-1">${title}</h1>
      ${content(match, game, live, signal)}`,
  };
}

/** @param {GameMatch} match */
const titleOf = ({ game, players }) => `${gameName(game)}: ${players.map(({ name }) => name).join(' – ')}`;

/**
 * Waits until the first frames have come, or the server has refused.
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
function joinedOrClosed({ match }, signal) {
  return new Promise((resolve, reject) => {
    onAbort(signal, () => reject(signal.reason));
    match.subscribe(({ joined, connection }) => (joined || connection === 'closed') && resolve(undefined), signal);
  });
}

/**
 * @param {GameMatch} stored
 * @param {PlayedGame} game
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
function content(stored, game, live, signal) {
  const { joined } = live.match.value;
  const cover = overlay(stored, live, signal);
  if (!joined) return html`<div class="match"><div class="stage">${cover}</div></div>`;
  const hint = joined.seat ? game.hint(joined) : 'You are watching.';
  const shownHint = () => (hasEnded(live.match.value) ? nothing : hint);
  return html`<div class="match" data-game=${joined.game}>
    <div class="match-main">
      ${scoreboard(live, signal)}
      <div class="stage">${game.mount(live)}${cover}</div>
      <footer class="match-footer">
        ${matchActions(stored, game, live, signal)}
        <p class="hint match-hint" ${following([live.match], shownHint, signal)}></p>
        ${statusLine(live, signal)}
      </footer>
    </div>
    ${matchChat(live, signal)}
  </div>`;
}

/**
 * Notes for the rest of the client that its user plays.
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
function followProgress(live, signal) {
  latest = signal;
  live.match.subscribe((match) => {
    const { joined } = match;
    if (!joined) return;
    const isOver = hasEnded(match);
    if (isOver) matchesStore.noteEnd(joined.match_id);
    else
      matchesStore.noteMatch({ match_id: joined.match_id, game: joined.game, opponent: joined.opponent?.user ?? null });
    document.body.classList.toggle('is-playing', !isOver);
  }, signal);
  // The next match, such as a rematch, may be on screen already.
  onAbort(signal, () => latest === signal && document.body.classList.remove('is-playing'));
}

/**
 * Opens the rematch, once.
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
function followRematch(live, signal) {
  let hasLeft = false;
  live.match.subscribe(({ rematch }) => {
    if (hasLeft || !rematch.matchId) return;
    hasLeft = true;
    navigate(`/matches/${rematch.matchId}`, { replace: true });
  }, signal);
}
