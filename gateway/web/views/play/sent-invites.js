// @ts-check
// The invites that wait for an answer, and what became of the last ones.

import { actionButton } from '../../elements/action-button.js';
import { uniqueId } from '../../elements/dom.js';
import { keyedList } from '../../elements/keyed-list.js';
import { avatarWithStatus } from '../../elements/person-row.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { gameName, optionTexts } from '../../games/game-texts.js';
import { onAbort } from '../../live/abort.js';
import { secondsLeft, invitesStore } from '../../live/invites-store.js';
import { html, nothing } from '../../vendor/lit.js';

/** @import { Invite } from './types.js' */

const CLOCK_INTERVAL = 1_000;

/** @param {AbortSignal} signal */
export function sentInvites(signal) {
  const id = uniqueId('sent');
  const list = elementOf(html`<ul class="rows" aria-labelledby=${id}></ul>`);
  const showRows = keyedList(list, (/** @type {Invite} */ invite) => invite.id, inviteRow);
  invitesStore.sent.subscribe(showRows, signal);
  const timer = setInterval(() => updateClocks(list), CLOCK_INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  const content = () =>
    invitesStore.sent.value.length
      ? html`<h2 id=${id}>Waiting for an answer</h2>
          ${list}`
      : nothing;
  const outcome = () => invitesStore.outcomes.value[0]?.text ?? nothing;
  return html`<div class="stack" ${following([invitesStore.sent], content, signal)}></div>
    <p role="status" ${following([invitesStore.outcomes], outcome, signal)}></p>`;
}

/** @param {Invite} invite */
function inviteRow(invite) {
  const { receiver, game, options, expires_at: expiresAt } = invite;
  const name = receiver.display_name;
  const cancel = actionButton('Cancel', () => invitesStore.answer(invite, 'cancel'), {
    name: `Cancel invite to ${name}`,
  });
  return elementOf(
    html`<li class="row">
      <div class="person-link">
        ${avatarWithStatus(receiver, 44)}
        <span>
          <strong dir="auto">${name}</strong>
          <span class="hint"
            >${[gameName(game), ...optionTexts(game, options)].join(', ')} ·
            <time datetime=${expiresAt}>${timeLeft(expiresAt)}</time></span
          >
        </span>
      </div>
      <div class="row-actions">${cancel}</div>
    </li>`,
  );
}

/** @param {HTMLElement} list */
function updateClocks(list) {
  for (const time of list.querySelectorAll('time')) time.textContent = timeLeft(time.dateTime);
}

/** @param {string} expiresAt */
function timeLeft(expiresAt) {
  const seconds = secondsLeft(expiresAt, Date.now());
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
}
