// @ts-check
// An invite in a list.

import { session } from '../../api/session.js';
import { profileUrl } from '../../elements/person-row.js';
import { timeAgo } from '../../elements/relative-time.js';
import { gameName, optionTexts } from '../../games/game-texts.js';
import { onAbort } from '../../live/abort.js';
import { events } from '../../live/events-socket.js';
import { secondsLeft, invitesStore } from '../../live/invites-store.js';
import { inviteActions } from '../../live/notification-actions.js';
import { html } from '../../vendor/lit.js';
import { answerButton } from '../notifications/answer-button.js';

/** @typedef {import('../../api/types.js').Invite} Invite */
/** @typedef {import('../../api/types.js').UserSummary} UserSummary */

const COUNTDOWN_INTERVAL = 1_000;
const FACE_SIZE = 44;

/** @param {Invite} invite */
export function receivedRow(invite) {
  const buttons = inviteActions(invite).map((action, index) => answerButton(action, index === 0 ? 'primary' : ''));
  return row(invite.sender, pendingDetail(invite), buttons);
}

/** @param {Invite} invite */
export function sentRow(invite) {
  const cancel = {
    label: 'Cancel invite',
    name: `Cancel invite to ${invite.receiver.display_name}`,
    run: () => invitesStore.answer(invite, 'cancel'),
  };
  return row(invite.receiver, pendingDetail(invite), answerButton(cancel));
}

/** @param {Invite} invite */
export function recentRow({ sender, receiver, game, status, created_at: createdAt }) {
  const isOwn = sender.id === session.profile?.id;
  const text = `${isOwn ? 'You invited them' : 'They invited you'} to ${gameName(game)} · ${status} · `;
  return row(isOwn ? receiver : sender, html`${text}${timeAgo(createdAt)}`);
}

/**
 * @param {UserSummary} person
 * @param {unknown} detail
 * @param {unknown} [actions]
 */
function row(person, detail, actions) {
  return html`<li>
    <img class="avatar" src=${person.avatar} alt="" width=${FACE_SIZE} height=${FACE_SIZE} loading="lazy" />
    <a class="notification" href=${profileUrl(person.username)}>
      <strong dir="auto">${person.display_name}</strong>
      <span class="hint">${detail}</span>
    </a>
    <div class="row-actions">${actions}</div>
  </li>`;
}

/** @param {Invite} invite */
function pendingDetail({ game, options, expires_at: expiresAt }) {
  const text = [gameName(game), ...optionTexts(game, options)].join(', ');
  return html`${text} · <time class="countdown" datetime=${expiresAt} .textContent=${timeLeft(expiresAt)}></time>`;
}

/** @param {string} expiresAt */
function timeLeft(expiresAt) {
  const seconds = secondsLeft(expiresAt, events.serverNow());
  return seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left` : 'expiring';
}

/**
 * Keeps the countdowns of the page current.
 *
 * @param {AbortSignal} signal
 */
export function startCountdown(signal) {
  const update = () => {
    for (const time of document.querySelectorAll('.countdown'))
      if (time instanceof HTMLTimeElement) time.textContent = timeLeft(time.dateTime);
  };
  const timer = setInterval(update, COUNTDOWN_INTERVAL);
  onAbort(signal, () => clearInterval(timer));
}
