// @ts-check
// A message of a chat.

import { formatDateTime, formatTime } from '../../elements/format.js';
import { profileUrl } from '../../elements/person-row.js';
import { dayOf } from '../../elements/relative-time.js';
import { html, nothing, render } from '../../vendor/lit.js';
import { icon } from '../../elements/icon.js';
import { messageContent } from './message-content.js';
import { messageTools } from './message-tools.js';

/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('./chat-panel.js').UnsentMessage} UnsentMessage */
/** @typedef {import('./message-rows.js').MessageRow} MessageRow */
/** @typedef {import('./message-tools.js').MessageActions} MessageActions */
/** @typedef {import('./row-focus.js').RowFocus} RowFocus */
/** @typedef {{ ownId: string, showNames: boolean, actions: MessageActions | null }} MessageContext */
/** @typedef {{ retry: (message: UnsentMessage) => void, discard: (message: UnsentMessage) => void }} UnsentActions */
/** @typedef {MessageContext & { own: boolean, focus: RowFocus }} RowContext */

const FACE_SIZE = 32;
/** A few emoji alone are shown large. */
const FEW_EMOJI = /^\p{RGI_Emoji}{1,3}$/v;

/**
 * Renders a message into its element in the list. `showNames` is for chats of more than two.
 *
 * @param {HTMLElement} element
 * @param {MessageRow} row
 * @param {MessageContext & { focus: RowFocus }} context
 */
export function renderMessage(element, row, context) {
  const { message, isContinued, isFollowed } = row;
  const own = message.sender.id === context.ownId;
  const classes = ['message', own && 'own', isContinued && 'continued', isFollowed && 'followed'];
  element.className = classes.filter(Boolean).join(' ');
  element.dataset['key'] = message.id;
  element.tabIndex = context.focus === 'active' ? 0 : -1;
  render(messageParts(row, { ...context, own }), element);
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function messageParts(row, context) {
  const { message, isContinued } = row;
  const { own, focus, actions } = context;
  return html`${row.startsDay ? dayOf(message.date, 'time.day') : nothing}
    ${row.isNew ? html`<p class="unread-start"><span>New</span></p>` : nothing}
    <div class="message-body">
      ${own ? nothing : html`<span class="face">${isContinued ? nothing : face(message)}</span>`}
      <div class="bubbles">
        ${header(row, context)}
        <div class="bubble">${quote(row, context)} ${content(message, context)}</div>
        ${footer(row, own)}
      </div>
      ${focus && actions && !message.is_deleted ? messageTools(message, own, focus, actions) : nothing}
    </div>`;
}

/** @param {Message} message */
const face = ({ sender }) =>
  html`<img class="avatar" src=${sender.avatar} alt="" width=${FACE_SIZE} height=${FACE_SIZE} loading="lazy" />`;

/**
 * Who wrote it, and when. The first message of a group shows it; screen readers get it for every message.
 *
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function header({ message, isContinued }, { own, showNames }) {
  const { sender, date } = message;
  const time = html`<time datetime=${date} title=${formatDateTime(date)}>${formatTime(date)}</time>`;
  const name = own ? 'You' : sender.display_name;
  if (isContinued) return html`<p class="visually-hidden">${name}:</p>`;
  if (own || !showNames) return html`<p class="message-head"><span class="visually-hidden">${name}: </span>${time}</p>`;
  const label = html`<span dir="auto">${name}</span>`;
  const author = sender.is_deleted
    ? html`<span class="author">${label}</span>`
    : html`<a class="author" href=${profileUrl(sender.username)} tabindex="-1">${label}</a>`;
  return html`<p class="message-head">${author} ${time}</p>`;
}

/**
 * @param {Message} message
 * @param {RowContext} context
 */
function content(message, { focus, ownId }) {
  if (message.is_deleted) return html`<p class="content deleted">Message deleted</p>`;
  const classes = FEW_EMOJI.test(message.content) ? 'content only-emoji' : 'content';
  return html`<p class=${classes} dir="auto">${messageContent(message, { isActive: focus === 'active', ownId })}</p>`;
}

/**
 * The message that this one answers.
 *
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function quote({ message, repliedTo }, { ownId }) {
  if (!message.reply_to) return nothing;
  if (!repliedTo) return html`<blockquote>Replying to an older message</blockquote>`;
  const name = repliedTo.sender.id === ownId ? 'you' : repliedTo.sender.display_name;
  return html`<blockquote dir="auto">
    <strong>Replying to ${name}:</strong> ${repliedTo.is_deleted ? 'a deleted message' : repliedTo.content}
  </blockquote>`;
}

/**
 * What has become of the message.
 *
 * @param {MessageRow} row
 * @param {boolean} own
 */
function footer({ message, isLastOwn }, own) {
  const { edited_at: editedAt, is_deleted: isDeleted, is_read: isRead } = message;
  const isEdited = editedAt && !isDeleted;
  const isSeen = own && isLastOwn && isRead;
  if (!isEdited && !isSeen && !message.like_count) return nothing;
  return html`<p class="footer">
    ${likes(message)} ${isEdited ? html`<span>edited</span>` : nothing} ${isSeen ? html`<span>read</span>` : nothing}
  </p>`;
}

/** @param {Message} message */
function likes({ like_count: count, is_liked: isLiked }) {
  if (!count) return nothing;
  return html`<span class=${isLiked ? 'likes liked' : 'likes'}
    >${icon('heart')} ${count}<span class="visually-hidden">${count === 1 ? ' like' : ' likes'}</span></span
  >`;
}

/**
 * Renders a message that is not confirmed yet.
 *
 * @param {HTMLElement} element
 * @param {UnsentMessage} message
 * @param {UnsentActions} actions
 */
export function renderUnsent(element, message, actions) {
  element.className = 'message own unsent';
  const parts = html`<div class="message-body">
    <div class="bubbles">
      <p class="visually-hidden">You:</p>
      <div class="bubble"><p class="content" dir="auto">${message.content}</p></div>
      ${message.status === 'failed' ? failure(message, actions) : html`<p class="footer"><span>Sending…</span></p>`}
    </div>
  </div>`;
  render(parts, element);
}

/**
 * @param {UnsentMessage} message
 * @param {UnsentActions} actions
 */
function failure(message, { retry, discard }) {
  return html`<p class="problem" role="alert">Not sent. ${message.error}</p>
    <div class="row-actions">
      <button type="button" class="link" @click=${() => retry(message)}>Try again</button>
      <button type="button" class="link" @click=${() => discard(message)}>Discard</button>
    </div>`;
}
