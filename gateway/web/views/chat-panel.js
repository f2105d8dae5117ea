// The messages of a chat and the composer; shared by conversations, rooms and lobbies.

import { onAbort } from '../abort.js';
import { fill, h } from '../dom.js';
import { plural } from '../format.js';
import { keyedList } from '../keyed-list.js';
import * as chatsStore from '../realtime/chats-store.js';
import * as outbox from '../realtime/outbox.js';
import { session } from '../session.js';
import { rovingFocus } from '../roving-focus.js';
import { showError } from '../toasts.js';
import { composer as createComposer } from './chat-composer.js';
import { continuesGroup } from './chat-groups.js';
import { messageRow, unsentRow } from './chat-message.js';

/** Within this distance in pixels, the list counts as scrolled to the end. */
const END_TOLERANCE = 80;

/**
 * The panel of an open chat. `closedReason` replaces the composer; `showAuthors` adds the author's
 * name and picture to each group of messages. The messages are one tab stop, which arrows move.
 */
export function chatPanel(chat, { label, closedReason = null, showAuthors = false, signal }) {
  const list = h('ol.messages');
  const older = h('button.older', { type: 'button', hidden: true }, 'Show older messages');
  const scroller = h('div.scroller', { tabindex: '-1', role: 'log', 'aria-label': 'Messages' }, older, list);
  const newer = h('button.newer', { type: 'button', hidden: true }, 'New messages ↓');
  const typing = h('p.hint.typing', { role: 'status' });
  const composer = closedReason ? h('p.note', {}, closedReason) : createComposer(chat, label);
  keepCurrent({ chat, list, scroller, older, newer, composer, showAuthors, signal });
  chat.typists.subscribe((names) => fill(typing, typingText(names)), signal);
  return h('div.panel', {}, scroller, newer, typing, composer.element ?? composer);
}

function typingText(names) {
  if (!names.length) return '';
  return names.length > 3 ? `${plural(names.length, 'person', 'people')} are typing…` : `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} typing…`;
}

/** Renders messages as they change, keeps the end in sight, and marks what is seen as read. */
function keepCurrent(view) {
  const { chat, list, scroller, older, newer, signal } = view;
  const showRows = keyedList(list, (row) => row.key, (row) => row.render());
  const refreshFocus = rovingFocus(scroller, '.message, .older', (items) => items.at(-1));
  const currentRows = rowBuilder(view);
  const markSeen = () => {
    if (end.isNear && scroller.isConnected) markLatestRead(chat.messages.value);
  };
  const end = trackEnd(view, markSeen);
  const render = () => {
    const last = list.lastElementChild;
    showRows(currentRows());
    refreshFocus();
    if (end.isNear) end.scrollTo();
    else newer.hidden = newer.hidden && list.lastElementChild === last;
    markSeen();
  };
  chat.messages.subscribe(render, signal);
  outbox.unsent.subscribe(render, signal);
  chat.hasOlder.subscribe((more) => {
    older.hidden = !more;
  }, signal);
  older.addEventListener('click', () => loadOlder(view));
  for (const [source, name] of [[document, 'visibilitychange'], [window, 'focus']]) source.addEventListener(name, markSeen, { signal });
  onFirstLayout(scroller, signal, () => {
    end.scrollTo();
    markSeen();
    loadOlderOnScroll(view);
  });
}

/** Tracks whether the newest message is in sight, and scrolls to it. */
function trackEnd({ scroller, newer }, markSeen) {
  const end = { isNear: true, scrollTo: () => scroller.scrollTo({ top: scroller.scrollHeight }) };
  scroller.addEventListener('scroll', () => {
    end.isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < END_TOLERANCE;
    if (end.isNear) newer.hidden = true;
    markSeen();
  }, { passive: true });
  newer.addEventListener('click', () => {
    end.scrollTo();
    scroller.focus();
  });
  return end;
}

/** Returns a function that builds the current rows; an unchanged row is the same object as before. */
function rowBuilder({ chat, composer, showAuthors }) {
  let known = new Map();
  const row = (key, inputs, render) => {
    const old = known.get(key);
    return old?.inputs.every((input, index) => input === inputs[index]) ? old : { key, inputs, render };
  };
  return () => {
    const messages = chat.messages.value;
    const byId = new Map(messages.map((message) => [message.id, message]));
    const sent = new Set(messages.map((message) => message.client_id));
    const unsent = outbox.unsent.value.filter((message) => message.chat_id === chat.chatId && !sent.has(message.client_id));
    const lastOwn = messages.findLast((message) => message.sender.id === session.profile?.id);
    const rows = [
      ...messages.map((message, index) => {
        const previous = messages[index - 1];
        const context = { previous, isContinued: continuesGroup(message, previous), repliedTo: byId.get(message.reply_to), isLastOwn: message === lastOwn };
        const inputs = [message, previous?.id, context.isContinued, context.repliedTo, context.isLastOwn];
        return row(message.id, inputs, () => messageRow(message, { chat, composer, showAuthors, ...context }));
      }),
      ...unsent.map((message) => row(message.client_id, [message], () => unsentRow(message))),
    ];
    known = new Map(rows.map((built) => [built.key, built]));
    return rows;
  };
}

function markLatestRead(messages) {
  if (document.visibilityState === 'hidden') return;
  const last = messages.findLast((message) => message.sender.id !== session.profile?.id);
  if (last) chatsStore.markRead(last);
}

/** Loads older messages and keeps the visible ones in place. */
async function loadOlder({ chat, scroller, older }) {
  if (older.getAttribute('aria-disabled')) return;
  older.setAttribute('aria-disabled', 'true');
  // Keeps screen readers from announcing older messages as new ones.
  scroller.setAttribute('aria-busy', 'true');
  const distanceFromEnd = scroller.scrollHeight - scroller.scrollTop;
  const hadFocus = document.activeElement === older;
  try {
    await chat.loadOlder();
    scroller.scrollTop = scroller.scrollHeight - distanceFromEnd;
    if (hadFocus && older.hidden) scroller.focus({ preventScroll: true });
  } catch (error) {
    showError(error);
  } finally {
    older.removeAttribute('aria-disabled');
    scroller.removeAttribute('aria-busy');
  }
}

/** Loads older messages when the list is scrolled to its start. */
function loadOlderOnScroll(view) {
  const observer = new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting) loadOlder(view);
  }, { root: view.scroller });
  observer.observe(view.older);
  onAbort(view.signal, () => observer.disconnect());
}

/** Views are created detached, without a layout; calls back once the element has one. */
function onFirstLayout(element, signal, callback) {
  const observer = new ResizeObserver(() => {
    if (!element.isConnected) return;
    observer.disconnect();
    callback();
  });
  observer.observe(element);
  onAbort(signal, () => observer.disconnect());
}
