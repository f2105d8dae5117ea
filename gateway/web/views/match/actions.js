// What a player can do besides playing: pause and leave.

import { actionButton } from '../../action-button.js';
import { confirm } from '../../dialogs.js';
import { fill, h } from '../../dom.js';
import { hasEnded } from '../../games/match-state.js';

/** Modes in which leaving harms nobody. */
const SOLO_MODES = ['practice', 'local'];

/** The buttons that the phase allows; empty for spectators. */
export function matchActions(live, signal) {
  const { joined } = live.match.value;
  const container = h('div.actions');
  if (!joined.seat) return container;
  let shown = null;
  live.match.subscribe((match) => {
    const phase = hasEnded(match) ? 'ended' : match.phase;
    if (phase === shown) return;
    shown = phase;
    const hadFocus = container.contains(document.activeElement);
    fill(container, buttonsFor(phase, joined, live));
    if (hadFocus) container.querySelector('button')?.focus();
  }, signal);
  return container;
}

function buttonsFor(phase, joined, live) {
  if (phase === 'ended') return [];
  const pause = actionButton('Pause', () => live.request('pause'));
  const resume = actionButton('Resume', () => live.request('resume'), { variant: 'primary' });
  return [phase === 'playing' && pause, phase === 'paused' && resume, leaveButton(phase, joined, live)];
}

function leaveButton(phase, { mode }, live) {
  const leave = () => live.request('resign');
  if (SOLO_MODES.includes(mode)) return actionButton('End match', leave);
  if (phase === 'open' || phase === 'countdown') return actionButton('Leave', leave);
  return actionButton('Resign', async () => {
    await confirm('Resign?', 'Your opponent wins the match.', 'Resign');
    await leave();
  });
}
