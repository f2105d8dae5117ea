// @ts-check
// What a player can do besides playing: pause, leave, turn the sounds off, show the match to others.

import { actionButton } from '../../elements/action-button.js';
import { confirm } from '../../elements/dialogs.js';
import { following } from '../../elements/template-parts.js';
import { hasEnded, isAtOneKeyboard } from '../../games/match-state.js';
import { createSignal } from '../../live/signal.js';
import { html, nothing } from '../../vendor/lit.js';
import { shareButton } from './share.js';
import { soundToggle } from './sound-toggle.js';

/** @import { GameMatch, JoinedMatch, LiveMatch, MatchPhase, PlayedGame } from './types.js' */

/** Modes in which leaving harms nobody. */
const SOLO_MODES = ['practice', 'local'];

/**
 * @param {GameMatch} stored
 * @param {PlayedGame} game
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
export function matchActions(stored, game, live, signal) {
  const { joined } = live.match.value;
  /** The phase that decides about the buttons: those of one phase stay, with the focus on them. */
  const phase = createSignal(phaseOf(live));
  live.match.subscribe(() => phase.set(phaseOf(live)), signal);
  const buttons = () => (joined?.seat ? buttonsFor(phase.value, joined, live) : nothing);
  const isShared = joined && !SOLO_MODES.includes(joined.mode);
  return html`<div class="actions match-actions">
    <span class="actions" ${following([phase], buttons, signal)}></span>
    ${soundToggle(game, signal)} ${isShared ? shareButton(stored, { isIcon: true }) : nothing}
  </div>`;
}

/**
 * @param {LiveMatch} live
 * @returns {MatchPhase | 'ended'}
 */
const phaseOf = ({ match: { value } }) => (hasEnded(value) ? 'ended' : value.phase);

/**
 * @param {MatchPhase | 'ended'} phase
 * @param {JoinedMatch} joined
 * @param {LiveMatch} live
 */
function buttonsFor(phase, joined, live) {
  if (phase === 'ended') return nothing;
  const pause = phase === 'playing' ? actionButton('Pause', () => live.request('pause')) : nothing;
  const resume =
    phase === 'paused' ? actionButton('Resume', () => live.request('resume'), { variant: 'primary' }) : nothing;
  return html`${pause}${resume}${leaveButton(phase, joined, live)}`;
}

/**
 * @param {MatchPhase} phase
 * @param {JoinedMatch} joined
 * @param {LiveMatch} live
 */
function leaveButton(phase, { mode, seat, players }, live) {
  const leave = () => live.request('resign');
  if (mode === 'tournament' && isAtOneKeyboard({ players })) return resignButton(players, seat, leave);
  if (SOLO_MODES.includes(mode)) return actionButton('End match', leave);
  if (phase === 'open' || phase === 'countdown') return actionButton('Leave', leave);
  return actionButton('Resign', async () => {
    await confirm('Resign?', 'Your opponent wins the match.', 'Resign');
    await leave();
  });
}

/**
 * Who plays both seats gives up the one that the server counts as theirs.
 * @param {JoinedMatch['players']} players
 * @param {JoinedMatch['seat']} seat
 * @param {() => unknown} leave
 */
function resignButton(players, seat, leave) {
  const [loser, winner] = seat === 'second' ? [players[1], players[0]] : players;
  return actionButton(`Resign for ${loser.name}`, async () => {
    await confirm('Resign?', `${winner.name} wins the match.`, 'Resign');
    await leave();
  });
}
