// The field to write messages in: new ones, answers, and changes to one's own.

import { deed } from '../buttons.js';
import { fill, fresh, h } from '../dom.js';
import * as outbox from '../live/outbox.js';
import { tell, warn } from '../notices.js';
import { session } from '../session.js';

const LONGEST = 2_000;
/** What is left is told from here on. */
const NEARLY = 200;

/** The composer of a chat: its element, and the ways to answer and to change a message. */
export function composer(chat, label) {
  const id = fresh('message');
  const field = h('textarea', { id, name: 'message', rows: 1, maxlength: LONGEST, placeholder: 'Write a message', autocapitalize: 'sentences', 'aria-describedby': `${id}-left` });
  const left = h('p.hint', { id: `${id}-left`, role: 'status' });
  const about = h('div.about-message', { hidden: true });
  const send = h('button.primary', { type: 'submit' }, 'Send');
  const element = h('form.composer', { 'aria-label': label }, about,
    h('label.unseen', { for: id }, label), field, send, left);
  const writing = { chat, field, about, send, left, reply: null, editing: null };
  field.addEventListener('input', () => typed(writing));
  field.addEventListener('blur', () => chat.typing(false));
  field.addEventListener('keydown', (event) => keyed(event, writing, element));
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(writing);
  });
  return {
    element,
    reply: (message) => begin(writing, { reply: message }),
    edit: (message) => begin(writing, { editing: message }),
  };
}

function typed({ chat, field, left }) {
  chat.typing(field.value.trim().length > 0);
  const rest = LONGEST - [...field.value].length;
  fill(left, rest <= NEARLY && `${rest} characters left`);
}

/** Enter sends; with Shift, or on a phone, it begins a new line. */
function keyed(event, writing, element) {
  const phone = matchMedia('(pointer: coarse)').matches;
  if (event.key === 'Escape' && (writing.reply || writing.editing)) {
    event.preventDefault();
    begin(writing, {});
  } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !phone) {
    event.preventDefault();
    element.requestSubmit();
  }
}

/** Begins to answer or to change a message, or neither. */
function begin(writing, { reply = null, editing = null }) {
  const { field, about, send } = writing;
  if (editing) field.value = editing.content;
  else if (writing.editing) field.value = '';
  [writing.reply, writing.editing] = [reply, editing];
  const who = reply && (reply.sender.id === session.profile.id ? 'yourself' : reply.sender.display_name);
  const words = reply ? `In answer to ${who}: ${reply.content}` : editing && 'You are changing a message.';
  about.hidden = !words;
  fill(about, words && [h('p', {}, words), deed('Cancel', async () => begin(writing, {}), { kind: 'link' })]);
  send.textContent = editing ? 'Save' : 'Send';
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

async function submit(writing) {
  const { chat, field, reply, editing } = writing;
  const content = field.value.trim();
  if (!content) return field.focus();
  chat.typing(false);
  if (!editing) {
    field.value = '';
    begin(writing, {});
    typed(writing);
    return outbox.post(chat.chat, content, reply?.id);
  }
  try {
    await chat.edit(editing, content);
    begin(writing, {});
    return tell('The message is changed.');
  } catch (error) {
    return warn(error);
  }
}
