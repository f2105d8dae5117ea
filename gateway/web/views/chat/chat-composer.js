// @ts-check
// The message field: new messages, replies, and edits of own messages.

import { session } from '../../api/session.js';
import { uniqueId } from '../../elements/dom.js';
import { elementOf } from '../../elements/template-parts.js';
import { showError, showToast } from '../../elements/toasts.js';
import { drafts } from '../../live/drafts.js';
import { outbox } from '../../live/outbox.js';
import { html, nothing, render } from '../../vendor/lit.js';
import { icon } from '../../elements/icon.js';
import { emojiPicker } from './emoji-picker.js';
import { mentionCompletion } from './mention-completion.js';

/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('./chat-panel.js').Person} Person */
/** @typedef {import('./chat-panel.js').Chat} Chat */
/**
 * The composer: its element, and functions that start a reply, an edit, or a text.
 *
 * @typedef {{
 *   element: HTMLElement,
 *   reply: (message: Message) => void,
 *   edit: (message: Message) => void,
 *   write: (text: string) => void,
 * }} Composer
 */
/** @typedef {{ replyTo?: Message, editing?: Message }} Context */

const MAX_LENGTH = 2_000;
/** The remaining length is shown from here on. */
const LENGTH_WARNING = 200;

/**
 * The composer of a chat, with the draft that was left there. `people` are those who can be mentioned.
 *
 * @param {{ chat: Chat, label: string, people: () => Person[], signal: AbortSignal }} options
 * @returns {Composer}
 */
export function chatComposer({ chat, label, people, signal }) {
  const field = messageField(chat);
  const mentions = mentionCompletion(field, people);
  const emoji = emojiPicker(field, signal);
  const element = elementOf(html`<form class="composer" aria-label=${label}></form>`);
  /** @type {Context} */
  let context = {};
  const update = () =>
    render(content({ label, field, mentions, emoji, context, cancel: () => setContext({}) }), element);
  /** @param {Context} next */
  const setContext = (next) => {
    if (next.editing) field.value = next.editing.content;
    else if (context.editing) field.value = drafts.get(chat.chatId);
    context = next;
    update();
    focusEnd(field);
  };
  const onInput = () => {
    if (!context.editing) drafts.keep(chat.chatId, field.value);
    chat.setTyping(field.value.trim().length > 0);
    update();
  };
  field.addEventListener('input', onInput);
  field.addEventListener('blur', () => chat.setTyping(false));
  field.addEventListener('keydown', (event) => onKeyDown(event, field, () => setContext({}), context));
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    submit({ chat, field, context, setContext, onInput }).catch(showError);
  });
  update();
  return {
    element,
    reply: (message) => setContext({ replyTo: message }),
    edit: (message) => setContext({ editing: message }),
    write: (text) => {
      field.value = text;
      onInput();
      focusEnd(field);
    },
  };
}

/** @param {Chat} chat */
function messageField(chat) {
  const field = document.createElement('textarea');
  Object.assign(field, { id: uniqueId('message'), name: 'message', rows: 1, maxLength: MAX_LENGTH, dir: 'auto' });
  Object.assign(field, { placeholder: 'Write a message', autocapitalize: 'sentences', enterKeyHint: 'enter' });
  field.setAttribute('aria-describedby', `${field.id}-remaining`);
  field.value = drafts.get(chat.chatId);
  return field;
}

/**
 * @param {{
 *   label: string,
 *   field: HTMLTextAreaElement,
 *   mentions: HTMLElement,
 *   emoji: { button: HTMLElement, popover: HTMLElement },
 *   context: Context,
 *   cancel: () => void,
 * }} parts
 */
function content({ label, field, mentions, emoji, context, cancel }) {
  const left = MAX_LENGTH - [...field.value].length;
  const text = contextText(context);
  const submitText = context.editing ? 'Save' : 'Send';
  return html`${text ? contextLine(text, cancel) : nothing} ${mentions}
    <label class="visually-hidden" for=${field.id}>${label}</label>
    <div class="compose-field">${field} ${emoji.button}</div>
    <button type="submit" class="primary send" aria-label=${submitText} title=${submitText}>
      ${context.editing ? submitText : icon('send')}
    </button>
    <p class="hint" id=${`${field.id}-remaining`} role="status">
      ${left <= LENGTH_WARNING ? `${left} characters left` : nothing}
    </p>
    ${emoji.popover}`;
}

/** @param {Context} context */
function contextText({ replyTo, editing }) {
  if (editing) return 'Editing message';
  if (!replyTo) return null;
  const name = replyTo.sender.id === session.profile?.id ? 'yourself' : replyTo.sender.display_name;
  return `Replying to ${name}: ${replyTo.content}`;
}

/**
 * @param {string} text
 * @param {() => void} cancel
 */
function contextLine(text, cancel) {
  return html`<div class="compose-context">
    <p dir="auto">${text}</p>
    <button type="button" class="link" @click=${cancel}>Cancel</button>
  </div>`;
}

/** @param {HTMLTextAreaElement} field */
function focusEnd(field) {
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/**
 * Enter sends; with Shift, or on a touch screen, it inserts a line break. What completes a mention comes first.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLTextAreaElement} field
 * @param {() => void} cancel
 * @param {Context} context
 */
function onKeyDown(event, field, cancel, { replyTo, editing }) {
  if (event.defaultPrevented) return;
  const isTouch = matchMedia('(pointer: coarse)').matches;
  if (event.key === 'Escape' && (replyTo || editing)) {
    event.preventDefault();
    cancel();
  } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !isTouch) {
    event.preventDefault();
    field.form?.requestSubmit();
  }
}

/**
 * @param {{
 *   chat: Chat,
 *   field: HTMLTextAreaElement,
 *   context: Context,
 *   setContext: (context: Context) => void,
 *   onInput: () => void,
 * }} state
 */
async function submit({ chat, field, context: { replyTo, editing }, setContext, onInput }) {
  const text = field.value.trim();
  if (!text) return field.focus();
  chat.setTyping(false);
  if (!editing) {
    field.value = '';
    setContext({});
    onInput();
    return outbox.post(chat.chatId, text, replyTo?.id);
  }
  await chat.edit(editing, text);
  setContext({});
  return showToast('Message edited.');
}
