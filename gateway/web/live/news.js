// Notifications: what happened, and how much of it waits to be read.

import * as api from '../api.js';
import { tell } from '../notices.js';
import { change, hear, put, reader, without } from './lists.js';
import { events } from './socket.js';
import { state } from './state.js';
import { sentence } from './tidings.js';

/** Newest first, as far back as somebody looked. */
export const items = state([]);
/** Whether there are older ones. */
export const older = state(false);
/** How many wait to be read. */
export const waiting = state(0);

const PAGE = 20;
/** What is worth a word wherever one is. The rest shows by its badge. */
const SAID = ['game_invite', 'match_ready', 'system'];

const list = reader(async () => {
  const { data, meta } = await api.get(`/notifications/?limit=${PAGE}`);
  items.set(data);
  older.set(Boolean(meta.next));
});

export const ready = () => list.ready();
export const again = () => list.again();

/** Forgets everything, for whoever signs in next. */
export function forget() {
  list.forget();
  items.set([]);
  older.set(false);
  waiting.set(0);
}

/** Reads older ones. */
export async function back() {
  const last = items.value.at(-1);
  const { data } = await api.get(`/notifications/?limit=${PAGE}&before=${last.id}`);
  items.set([...items.value, ...data]);
  older.set(data.length >= PAGE);
}

export async function read(one) {
  if (one.is_read) return;
  await api.post(`/notifications/${one.id}/read/`);
  items.set(change(items.value, ({ id }) => id === one.id, { is_read: true }));
}

export async function readAll() {
  const { data } = await api.post('/notifications/mark_all_as_read/');
  items.set(items.value.map((one) => ({ ...one, is_read: true })));
  waiting.set(data.total);
}

export async function remove(one) {
  await api.remove(`/notifications/${one.id}/`);
  items.set(without(items.value, ({ id }) => id === one.id));
}

export async function clear() {
  await api.post('/notifications/clear/');
  items.set([]);
  older.set(false);
  waiting.set(0);
}

function come({ unread, ...one }) {
  items.set(put(items.value, one, ({ id }) => id === one.id));
  waiting.set(unread.total);
}

function changed({ change: what, all, ids, unread }) {
  const meant = ({ id }) => all || ids.includes(id);
  items.set(what === 'deleted' ? without(items.value, meant) : change(items.value, (one) => !one.is_read && meant(one), { is_read: true }));
  waiting.set(unread.total);
}

hear('notification', come);
hear('badge_update', changed);
events.on('notification', (one) => {
  if (SAID.includes(one.action)) tell(sentence(one).text);
});
events.on('hello', ({ unread }) => waiting.set(unread.notifications?.total ?? 0));
