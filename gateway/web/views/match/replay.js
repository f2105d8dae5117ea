// @ts-check
// Watches a match again: play, pause, speed, and any moment of it.

import { api } from '../../api/client.js';
import { actionButton } from '../../elements/action-button.js';
import { following } from '../../elements/template-parts.js';
import { createSignal } from '../../live/signal.js';
import { html } from '../../vendor/lit.js';

/** @import { GameMatch, Replayed } from './types.js' */

const UNAVAILABLE = 'This browser cannot play replays.';
/** How the record of each game is shown again. @type {Record<string, () => Promise<Replayed>>} */
const REPLAYS = {
  pong: () => import('./pong-replay.js'),
  tictactoe: () => import('./tictactoe-replay.js'),
};

/**
 * A place for the replay, which is loaded when the user asks for it; null for games that this client cannot show again.
 * @param {GameMatch} match
 * @param {AbortSignal} signal
 */
export function replayViewer(match, signal) {
  const load = REPLAYS[match.game];
  if (!load) return null;
  const show = async () => {
    const [{ default: viewerOf }, file] = await Promise.all([load(), api.getFile(`/matches/${match.id}/replay/`)]);
    const viewer = await viewerOf(new Uint8Array(await file.arrayBuffer()), match, signal);
    content.set(viewer ?? html`<p>${UNAVAILABLE}</p>`);
    place()?.querySelector('button')?.focus({ preventScroll: true });
    place()?.scrollIntoView({ block: 'nearest' });
  };
  /** @type {import('../../live/signal.js').Signal<unknown>} */
  const content = createSignal(actionButton('Watch replay', show, { variant: 'primary' }));
  return html`<div class="replay" ${following([content], () => content.value, signal)}></div>`;
}

/** @returns {HTMLElement | null} */
const place = () => document.querySelector('.replay');
