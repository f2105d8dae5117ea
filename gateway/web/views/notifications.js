// What happened, newest first.

import { deed } from '../buttons.js';
import { confirm } from '../dialogs.js';
import { h, page } from '../dom.js';
import * as chats from '../live/chats.js';
import * as news from '../live/news.js';
import { sentence } from '../live/tidings.js';
import { warn } from '../notices.js';
import { rows } from '../rows.js';
import { ago, moment } from '../words.js';

export default async function view({ signal }) {
  await Promise.all([news.ready(), chats.ready()]);
  const list = h('ul.rows.news');
  const empty = h('p.hint', {}, 'Nothing yet.');
  const all = deed('Mark all as read', news.readAll);
  const clear = deed('Delete all', empties);
  const older = h('div.actions', {}, deed('Show older ones', news.back));
  const show = rows(list, (one) => one.id, row);
  news.items.watch((items) => {
    show(items);
    empty.hidden = items.length > 0;
    all.hidden = !items.some((one) => !one.is_read);
    clear.hidden = !items.length;
  }, signal);
  news.older.watch((more) => {
    older.hidden = !more;
  }, signal);
  return page('Notifications',
    h('div.actions', {}, all, clear, h('a', { href: '/notifications/preferences' }, 'What to be told of')),
    h('div.card', {}, empty, list, older));
}

function row(one) {
  const { text, href } = sentence(one);
  const words = href ? h('a', { href, onclick: () => news.read(one).catch(warn) }, text) : text;
  return h(one.is_read ? 'li.row' : 'li.row.fresh', {},
    h('div', {}, h('p', {}, !one.is_read && h('span.unseen', {}, 'New: '), words),
      h('time.hint', { datetime: one.created_at, title: moment(one.created_at) }, ago(one.created_at))),
    h('div.deeds', {},
      !one.is_read && deed('Read', () => news.read(one), { name: `Read: ${text}` }),
      deed('Delete', () => news.remove(one), { name: `Delete: ${text}` })));
}

async function empties() {
  await confirm('Delete all notifications?', 'What they tell of stays as it is.', 'Delete all');
  await news.clear();
}
