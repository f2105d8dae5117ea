// A lobby: a room open to everyone, with the list of who is there. `world` is the world chat.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { fill, h, heading } from '../dom.js';
import { plural } from '../format.js';
import { keyedList } from '../keyed-list.js';
import { avatarWithStatus, profileUrl } from '../person-row.js';
import { removeWhere } from '../realtime/collections.js';
import { openChat } from '../realtime/open-chat.js';
import { ReconnectingSocket } from '../realtime/reconnecting-socket.js';
import { createSignal } from '../realtime/signal.js';
import { showToast } from '../toasts.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const path = `/chats/lobbies/${encodeURIComponent(params.name)}/`;
  const { data: lobby } = await api.put(path);
  const socket = new ReconnectingSocket(`/ws/chat/lobby/${encodeURIComponent(lobby.name)}/`);
  const chat = openChat(lobby.chat_id, lobby.messages, signal, socket);
  // Messages between the response and the opening of the socket are in neither: load again once.
  let hasJoined = false;
  socket.on('joined', () => {
    if (!hasJoined) chat.reload();
    hasJoined = true;
  });
  const roster = trackRoster(socket);
  const title = lobbyTitle(lobby.name);
  const panel = chatPanel(chat, { label: `Message to ${title}`, showAuthors: true, signal });
  socket.start();
  signal.addEventListener('abort', () => socket.stop());
  return { title, content: [h('div.chats.lobby', {},
    h('section.card.chat', { 'aria-label': title }, header(title, lobby, path, roster, signal), panel),
    h('aside', { 'aria-label': 'Here now' }, rosterList(roster, signal)))] };
}

export const lobbyTitle = (name) => (name === 'world' ? 'World chat' : `Lobby ${name}`);

/** The roster: the number of people, and up to a hundred of them. */
function trackRoster(socket) {
  const roster = createSignal({ total: 0, members: [] });
  const without = (user) => removeWhere(roster.value.members, ({ id }) => id === user.id);
  socket.on('members', ({ total, members }) => roster.set({ total, members }));
  socket.on('member_joined', ({ user, total }) => roster.set({ total, members: [...without(user), user] }));
  socket.on('member_left', ({ user, total }) => roster.set({ total, members: without(user) }));
  socket.on('member_count', ({ total }) => roster.set({ ...roster.value, total }));
  return roster;
}

function header(title, lobby, path, roster, signal) {
  const count = h('p.hint', { role: 'status' });
  roster.subscribe(({ total }) => fill(count, total ? `${plural(total, 'person', 'people')} here` : 'Joining…'), signal);
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All conversations' }, '‹');
  return h('header.chat-header', {}, back, h('div', {}, heading(title), count), followButton(lobby, path));
}

/** Follows or unfollows a lobby. A followed lobby is listed under Chats and counts unread messages. */
function followButton({ is_member: followed, chat_id: chatId }, path) {
  const container = h('span');
  const show = () => fill(container, actionButton(followed ? 'Unfollow' : 'Follow', toggle, { name: followed ? 'Unfollow: stop counting unread messages' : 'Follow: count unread messages' }));
  const toggle = async () => {
    await (followed ? api.post(`/chats/rooms/${chatId}/leave/`) : api.post(`${path}join/`));
    followed = !followed;
    show();
    container.querySelector('button').focus();
    showToast(followed ? 'Following. New messages count as unread.' : 'Unfollowed. You can still visit.');
  };
  show();
  return container;
}

function rosterList(roster, signal) {
  const list = h('ul.people');
  const showRows = keyedList(list, (user) => user.id, (user) =>
    h('li', {}, h('a', { href: profileUrl(user.username) }, avatarWithStatus(user, 32), h('span', {}, user.display_name))));
  roster.subscribe(({ members }) => showRows(members), signal);
  return h('div.stack', {}, h('h2', {}, 'Here now'), list);
}
