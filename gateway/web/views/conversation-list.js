// The list of conversations, with their last message and what is unread in them.

import { h } from '../dom.js';
import { face } from '../faces.js';
import * as chats from '../live/chats.js';
import { rows } from '../rows.js';
import { session } from '../session.js';
import { ago } from '../words.js';

/** The list, kept true; `current` is the name of whom one is talking to. */
export function conversationList(signal, current = null) {
  const list = h('ul.people.conversations');
  const empty = h('p.hint', {}, 'No conversation yet. Open one with a ', h('a', { href: '/friends' }, 'friend'), '.');
  const show = rows(list, (row) => row.one.chat_id, ({ one, count }) => line(one, count, current));
  let before = new Map();
  const draw = () => {
    const next = chats.conversations.value.map((one) => {
      const count = chats.unread.value.get(one.chat_id) ?? 0;
      const old = before.get(one.chat_id);
      return old?.one === one && old.count === count ? old : { one, count };
    });
    before = new Map(next.map((row) => [row.one.chat_id, row]));
    show(next);
    empty.hidden = next.length > 0;
  };
  chats.conversations.watch(draw, signal);
  chats.unread.watch(draw, signal);
  return h('div.stack', {}, list, empty);
}

function line(one, count, current) {
  const last = one.last_message;
  return h('li', {}, h('a', { href: `/chats/${encodeURIComponent(one.username)}`, 'aria-current': one.username === current && 'page' },
    face(one, 44, one.is_online ? 'online' : 'offline'),
    h('span.about', {},
      h('span.top', {}, h('strong', {}, one.display_name), one.is_online && h('span.unseen', {}, ', online'),
        last && h('time.hint', { datetime: last.date }, ago(last.date))),
      h('span.hint.last', {}, last ? gist(last) : 'Nothing said yet')),
    count > 0 && h('span.count', {}, h('span.unseen', {}, ', '), count > 99 ? '99+' : String(count), h('span.unseen', {}, ' unread'))));
}

function gist(message) {
  if (message.is_deleted) return 'Message deleted';
  return `${message.sender.id === session.profile.id ? 'You: ' : ''}${message.content}`;
}
