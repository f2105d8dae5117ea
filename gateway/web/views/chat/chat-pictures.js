// @ts-check
// The pictures of empty chats and lists: the court, with what is missing on it.

import { html, svg } from '../../vendor/lit.js';

/** @param {unknown} drawing */
const onCourt = (drawing) =>
  html`<svg class="empty-picture" viewBox="0 0 160 100" aria-hidden="true">
    <rect class="court-floor" x="2" y="6" width="156" height="88" rx="14" />
    <path class="court-line" d="M80 6v88" />
    ${drawing}
  </svg>`;

export const pictures = {
  talk: onCourt(
    svg`<path class="paper" d="M24 26h58a8 8 0 0 1 8 8v18a8 8 0 0 1-8 8H48L34 72V60H24a8 8 0 0 1-8-8V34a8 8 0 0 1 8-8Z"/>
      <path class="paper second" d="M104 42h30a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8v10L122 74h-18a8 8 0 0 1-8-8V50a8 8 0 0 1 8-8Z"/>
      <circle class="ball" cx="38" cy="43" r="4.5"/><circle class="ball" cx="53" cy="43" r="4.5"/><circle class="ball" cx="68" cy="43" r="4.5"/>`,
  ),
  quiet: onCourt(
    svg`<path class="paper" d="M80 22a20 20 0 0 0-20 20v14l-6 9a3 3 0 0 0 2.500 4.700h47a3 3 0 0 0 2.500-4.700l-6-9V42a20 20 0 0 0-20-20Z"/>
      <circle class="ball" cx="80" cy="77" r="6"/>`,
  ),
  players: onCourt(
    svg`<rect class="paper" x="18" y="30" width="8" height="34" rx="4"/><rect class="paper" x="134" y="40" width="8" height="34" rx="4"/>
      <circle class="ball" cx="62" cy="44" r="8"/>`,
  ),
};
