// @ts-check
// The chat of the two players of a match.

import { uniqueId } from '../../elements/dom.js';
import { playerFace } from '../../elements/match-row.js';
import { elementOf } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { isAtOneKeyboard, playerIn } from '../../games/match-state.js';
import { html, nothing } from '../../vendor/lit.js';

/** @import { LiveMatch, MatchKnown, MatchMessage } from './types.js' */

const MAX_LENGTH = 500;
const SOLO_MODES = ['practice', 'local'];

/**
 * The chat; nothing where nobody is there to talk to.
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
export function matchChat(live, signal) {
  const { joined } = live.match.value;
  if (!joined || SOLO_MODES.includes(joined.mode) || isAtOneKeyboard(joined)) return nothing;
  const id = uniqueId('match-chat');
  const list = elementOf(html`<ul></ul>`);
  const empty = elementOf(html`<li class="hint">${joined.seat ? 'Say hello.' : 'No messages yet.'}</li>`);
  const scroller = elementOf(
    html`<div class="match-messages" role="log" aria-labelledby=${id} tabindex="0">${list}</div>`,
  );
  list.append(empty);
  let count = 0;
  live.match.subscribe((match) => {
    const added = match.messages.filter(({ number }) => number > count);
    if (!added.length) return;
    count = added.at(-1)?.number ?? count;
    empty.remove();
    list.append(...added.map((message) => messageItem(match, message)));
    scroller.scrollTop = scroller.scrollHeight;
  }, signal);
  return html`<section class="card match-chat" aria-labelledby=${id}>
    <h2 id=${id}>Chat</h2>
    ${scroller}${joined.seat ? composer(live) : nothing}
  </section>`;
}

/**
 * @param {MatchKnown} match
 * @param {MatchMessage} message
 */
function messageItem(match, { seat, content }) {
  const player = playerIn(match, seat);
  return elementOf(
    html`<li class=${seat === match.joined?.seat ? 'own' : nothing}>
      ${playerFace(player, 28)}
      <p>
        <strong dir="auto">${player.name}</strong><span class="visually-hidden">: </span
        ><span dir="auto">${content}</span>
      </p>
    </li>`,
  );
}

/** @param {LiveMatch} live */
function composer(live) {
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const input = event.target instanceof HTMLFormElement && event.target.elements.namedItem('match-message');
    if (!(input instanceof HTMLInputElement)) return;
    const content = input.value.trim();
    if (!content) return;
    try {
      await live.request('chat', { content });
      input.value = '';
    } catch (error) {
      showError(error);
    }
  };
  return html`<form aria-label="Match chat" @submit=${send}>
    <input
      type="text"
      name="match-message"
      aria-label="Message to your opponent"
      maxlength=${MAX_LENGTH}
      autocomplete="off"
      placeholder="Message"
    />
    <button type="submit">Send</button>
  </form>`;
}
