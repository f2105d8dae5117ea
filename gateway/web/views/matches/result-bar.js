// @ts-check
// Wins, draws and losses as parts of a bar.

import { html, nothing } from '../../vendor/lit.js';

/** @param {{ wins: number, losses: number, draws: number }} results */
export function resultBar({ wins, losses, draws }) {
  /** @type {[string, string, number][]} */
  const all = [
    ['won', 'Won', wins],
    ['drawn', 'Drawn', draws],
    ['lost', 'Lost', losses],
  ];
  const parts = all.filter(([, , count]) => count > 0);
  return html`<div class="result-bar">
    <div class="result-bar-parts" aria-hidden="true">
      ${parts.map(([result, , count]) => html`<i data-result=${result} .style=${`flex-grow:${count}`}></i>`)}
    </div>
    <p class="result-bar-text">
      ${all.map(([result, name, count]) =>
        count || result !== 'drawn'
          ? html`<span data-result=${result}>${name} <strong>${count.toLocaleString()}</strong></span>`
          : nothing,
      )}
    </p>
  </div>`;
}
