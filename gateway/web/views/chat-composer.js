// The message field: new messages, replies, and edits of own messages.

import { actionButton } from '../action-button.js';
import { fill, h, uniqueId } from '../dom.js';
import { draftOf, keepDraft } from '../realtime/drafts.js';
import * as outbox from '../realtime/outbox.js';
import { session } from '../session.js';
import { showError, showToast } from '../toasts.js';

const MAX_LENGTH = 2_000;
/** The remaining length is shown from here on. */
const LENGTH_WARNING = 200;

/** The composer of a chat, with the draft that was left there: its element, and functions that start a reply and an edit. */
export function composer(chat, label) {
  const id = uniqueId('message');
  const field = h('textarea', { id, name: 'message', rows: 1, maxlength: MAX_LENGTH, value: draftOf(chat.chatId), dir: 'auto', placeholder: 'Write a message', autocapitalize: 'sentences', 'aria-describedby': `${id}-remaining` });
  const remaining = h('p.hint', { id: `${id}-remaining`, role: 'status' });
  const context = h('div.compose-context', { hidden: true });
  const submitButton = h('button.primary', { type: 'submit' }, 'Send');
  const element = h('form.composer', { 'aria-label': label }, context,
    h('label.visually-hidden', { for: id }, label), field, submitButton, remaining);
  const state = { chat, field, context, submitButton, remaining, replyTo: null, editing: null };
  field.addEventListener('input', () => onInput(state));
  field.addEventListener('blur', () => chat.setTyping(false));
  field.addEventListener('keydown', (event) => onKeyDown(event, state, element));
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(state);
  });
  return {
    element,
    reply: (message) => setContext(state, { replyTo: message }),
    edit: (message) => setContext(state, { editing: message }),
  };
}

function onInput({ chat, field, remaining, editing }) {
  if (!editing) keepDraft(chat.chatId, field.value);
  chat.setTyping(field.value.trim().length > 0);
  const left = MAX_LENGTH - [...field.value].length;
  fill(remaining, left <= LENGTH_WARNING && `${left} characters left`);
}

/** Enter sends; with Shift, or on a touch screen, it inserts a line break. */
function onKeyDown(event, state, element) {
  const isTouch = matchMedia('(pointer: coarse)').matches;
  if (event.key === 'Escape' && (state.replyTo || state.editing)) {
    event.preventDefault();
    setContext(state, {});
  } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !isTouch) {
    event.preventDefault();
    element.requestSubmit();
  }
}

/** Starts a reply or an edit, or ends either. */
function setContext(state, { replyTo = null, editing = null }) {
  const { chat, field, context, submitButton } = state;
  if (editing) field.value = editing.content;
  else if (state.editing) field.value = draftOf(chat.chatId);
  [state.replyTo, state.editing] = [replyTo, editing];
  const name = replyTo && (replyTo.sender.id === session.profile.id ? 'yourself' : replyTo.sender.display_name);
  const text = replyTo ? `Replying to ${name}: ${replyTo.content}` : editing && 'Editing message';
  context.hidden = !text;
  fill(context, text && [h('p', {}, text), actionButton('Cancel', async () => setContext(state, {}), { variant: 'link' })]);
  submitButton.textContent = editing ? 'Save' : 'Send';
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

async function submit(state) {
  const { chat, field, replyTo, editing } = state;
  const content = field.value.trim();
  if (!content) return field.focus();
  chat.setTyping(false);
  if (!editing) {
    field.value = '';
    setContext(state, {});
    onInput(state);
    return outbox.post(chat.chatId, content, replyTo?.id);
  }
  try {
    await chat.edit(editing, content);
    setContext(state, {});
    return showToast('Message edited.');
  } catch (error) {
    return showError(error);
  }
}
