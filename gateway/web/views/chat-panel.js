// The messages of a chat and the field to write in; the same for conversations and rooms.

import { fill, h } from '../dom.js';
import * as chats from '../live/chats.js';
import * as outbox from '../live/outbox.js';
import { warn } from '../notices.js';
import { rows } from '../rows.js';
import { session } from '../session.js';
import { plural } from '../words.js';
import { composer } from './chat-composer.js';
import { messageRow, unsentRow } from './chat-message.js';

/** How near to the end counts as being there. */
const NEAR = 80;

/**
 * A chat from `live/conversation.js`. `closed` says why nobody can write, `named` whether each
 * message says who wrote it.
 */
export function chatPanel(chat, { label, closed = null, named = false, signal }) {
  const list = h('ol.messages');
  const older = h('button.older', { type: 'button', hidden: true }, 'Show older messages');
  const scroller = h('div.scroller', { tabindex: '0', role: 'log', 'aria-label': 'Messages' }, older, list);
  const newer = h('button.newer', { type: 'button', hidden: true }, 'New messages ↓');
  const typing = h('p.hint.typing', { role: 'status' });
  const writer = closed ? h('p.note', {}, closed) : composer(chat, label);
  const view = { chat, list, scroller, older, newer, writer, named, signal };
  follow(view);
  chat.typists.watch((names) => fill(typing, saying(names)), signal);
  return h('div.panel', {}, scroller, newer, typing, writer.element ?? writer);
}

function saying(names) {
  if (!names.length) return '';
  return names.length > 3 ? `${plural(names.length, 'person', 'people')} are typing …` : `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} typing …`;
}

/** Keeps the messages true, the end in sight, and the newest one read. */
function follow(view) {
  const { chat, list, scroller, older, newer, signal } = view;
  const show = rows(list, (row) => row.key, (row) => row.draw());
  const drawing = drawer(view);
  const seen = () => {
    if (end.near && scroller.isConnected) markRead(chat.messages.value);
  };
  const end = endOf(view, seen);
  const draw = () => {
    const last = list.lastElementChild;
    show(drawing());
    if (end.near) end.reach();
    else newer.hidden = newer.hidden && list.lastElementChild === last;
    seen();
  };
  chat.messages.watch(draw, signal);
  outbox.unsent.watch(draw, signal);
  chat.older.watch((more) => {
    older.hidden = !more;
  }, signal);
  older.addEventListener('click', () => back(view));
  for (const [source, name] of [[document, 'visibilitychange'], [window, 'focus']]) source.addEventListener(name, seen, { signal });
  whenShown(scroller, signal, () => {
    end.reach();
    seen();
    reachBack(view);
  });
}

/** Whether the newest message is in sight, and the way there. */
function endOf({ scroller, newer }, seen) {
  const end = { near: true, reach: () => scroller.scrollTo({ top: scroller.scrollHeight }) };
  scroller.addEventListener('scroll', () => {
    end.near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (end.near) newer.hidden = true;
    seen();
  }, { passive: true });
  newer.addEventListener('click', () => {
    end.reach();
    scroller.focus();
  });
  return end;
}

/** The rows as they are now; what did not change is the same object as before. */
function drawer({ chat, writer, named }) {
  let known = new Map();
  return () => {
    const all = chat.messages.value;
    const byId = new Map(all.map((one) => [one.id, one]));
    const sent = new Set(all.map((one) => one.client_id));
    const waiting = outbox.unsent.value.filter((one) => one.chat_id === chat.chat && !sent.has(one.client_id));
    const rowsNow = [
      ...all.map((one, at) => row(one.id, [one, all[at - 1]?.id, byId.get(one.reply_to)], () =>
        messageRow(one, { chat, writer, named, before: all[at - 1], answered: byId.get(one.reply_to) }))),
      ...waiting.map((one) => row(one.client_id, [one], () => unsentRow(one))),
    ];
    known = new Map(rowsNow.map((one) => [one.key, one]));
    return rowsNow;
  };

  function row(key, made, draw) {
    const old = known.get(key);
    return old?.made.every((part, at) => part === made[at]) ? old : { key, made, draw };
  }
}

function markRead(messages) {
  if (document.visibilityState === 'hidden') return;
  const last = messages.findLast((one) => one.sender.id !== session.profile?.id);
  if (last) chats.markRead(last);
}

/** Reads what is older, and keeps in place what is looked at. */
async function back({ chat, scroller, older }) {
  if (older.getAttribute('aria-disabled')) return;
  older.setAttribute('aria-disabled', 'true');
  // What is older is no news to be read aloud.
  scroller.setAttribute('aria-busy', 'true');
  const below = scroller.scrollHeight - scroller.scrollTop;
  const focused = document.activeElement === older;
  try {
    await chat.back();
    scroller.scrollTop = scroller.scrollHeight - below;
    if (focused && older.hidden) scroller.focus({ preventScroll: true });
  } catch (error) {
    warn(error);
  } finally {
    older.removeAttribute('aria-disabled');
    scroller.removeAttribute('aria-busy');
  }
}

/** Whoever scrolls up to the first message gets the older ones without asking. */
function reachBack(view) {
  const watcher = new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting) back(view);
  }, { root: view.scroller });
  watcher.observe(view.older);
  view.signal.addEventListener('abort', () => watcher.disconnect());
}

/** Views are made before they are shown, when they have no size yet. */
function whenShown(element, signal, work) {
  const watcher = new ResizeObserver(() => {
    if (!element.isConnected) return;
    watcher.disconnect();
    work();
  });
  watcher.observe(element);
  signal.addEventListener('abort', () => watcher.disconnect());
}
