// @ts-check
// Shows a match to others: by what the device offers for sharing, else by a link to paste.

import { actionButton } from '../../elements/action-button.js';
import { openDialog } from '../../elements/dialogs.js';
import { icon } from '../../elements/icon.js';
import { elementOf } from '../../elements/template-parts.js';
import { showError, showToast } from '../../elements/toasts.js';
import { gameName } from '../../games/game-texts.js';
import { html } from '../../vendor/lit.js';
import { playersOf } from './players.js';

/** @import { GameMatch } from './types.js' */

/**
 * @param {GameMatch} match
 * @param {{ isIcon?: boolean }} [look]
 */
export function shareButton(match, { isIcon = false } = {}) {
  if (!isIcon) return actionButton('Share', () => share(match));
  return html`<button
    type="button"
    class="icon-button"
    aria-label="Share"
    title="Share"
    @click=${() => share(match).catch(showError)}
  >
    ${icon('share')}
  </button>`;
}

/** @param {GameMatch} match */
async function share(match) {
  const link = { title: 'Courtside', text: textOf(match), url: new URL(`/matches/${match.id}`, location.href).href };
  if (navigator.canShare?.(link)) return shareByDevice(link);
  try {
    await navigator.clipboard.writeText(link.url);
    return showToast('Link copied.');
  } catch {
    // Not allowed, or not there, as on a page that came without TLS.
    return showLink(link.url);
  }
}

/** @param {ShareData} link */
async function shareByDevice(link) {
  try {
    await navigator.share(link);
  } catch (error) {
    // The user has changed their mind.
    if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
  }
}

/** @param {string} url */
async function showLink(url) {
  const input = html`<input type="text" readonly aria-label="Link" .value=${url} @focus=${selectAll} />`;
  const note = elementOf(
    html`<div class="stack">
      <p>Copy this link.</p>
      ${input}
    </div>`,
  );
  await openDialog('Share', () => note).catch(() => {});
}

/** @param {Event} event */
function selectAll({ target }) {
  if (target instanceof HTMLInputElement) target.select();
}

/** @param {GameMatch} match */
function textOf(match) {
  const { game, state } = match;
  const [first, second] = playersOf(match);
  const score = state === 'finished' ? `${first.score} – ${second.score}` : 'against';
  return `${gameName(game)}: ${first.name} ${score} ${second.name}`;
}
