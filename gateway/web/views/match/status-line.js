// @ts-check
// How the connection is, who watches, and who asks for a pause.

import { plural } from '../../elements/format.js';
import { following } from '../../elements/template-parts.js';
import { hasEnded, playerIn } from '../../games/match-state.js';
import { html, nothing } from '../../vendor/lit.js';
import { measureLatency } from './latency.js';

/** @import { LiveMatch, MatchKnown } from './types.js' */

/** Up to how many milliseconds a connection is good, and fair. */
const [GOOD, FAIR] = [60, 150];

/**
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
export function statusLine(live, signal) {
  const latency = measureLatency(live, signal);
  const offer = () => offerText(live.match.value);
  const spectators = () => {
    const { spectators: count } = live.match.value;
    return count ? `${plural(count, 'person', 'people')} watching` : nothing;
  };
  const connection = () => (hasEnded(live.match.value) ? nothing : latencyChip(latency.value));
  return html`<p class="match-status">
    <span role="status" ${following([live.match], offer, signal)}></span>
    <span class="hint" role="status" ${following([live.match], spectators, signal)}></span>
    <span ${following([live.match, latency], connection, signal)}></span>
  </p>`;
}

/** @param {number | null} milliseconds */
function latencyChip(milliseconds) {
  if (milliseconds === null) return nothing;
  const quality = milliseconds <= GOOD ? 'good' : milliseconds <= FAIR ? 'fair' : 'poor';
  const title = `Delay between you and the server: ${quality}`;
  return html`<span class="latency" data-quality=${quality} title=${title}>
    <span class="visually-hidden">Latency </span>${milliseconds} ms
  </span>`;
}

/** @param {MatchKnown} match */
function offerText(match) {
  const { joined, pauseOffer } = match;
  if (!joined || !pauseOffer) return nothing;
  if (pauseOffer === joined.seat) return 'Pause requested.';
  return `${playerIn(match, pauseOffer).name} asks for a pause.${joined.seat ? ' Press Pause to agree.' : ''}`;
}
