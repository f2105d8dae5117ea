// A lobby: a room open to everyone, with the list of who is there. `world` is the world chat.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { fill, h, heading, page } from '../dom.js';
import { plural } from '../format.js';
import { keyedList } from '../keyed-list.js';
import { avatarWithStatus, profileUrl } from '../person-row.js';
import { removeWhere } from '../realtime/collections.js';
import { openChat } from '../realtime/open-chat.js';
import { ReconnectingSocket } from '../realtime/reconnecting-socket.js';
import * as roomsStore from '../realtime/rooms-store.js';
import { createSignal } from '../realtime/signal.js';
import { openCurrentView } from '../router.js';
import { rovingFocus } from '../roving-focus.js';
import { showToast } from '../toasts.js';
import { chatLayout } from './chat-layout.js';
import { chatListReady } from './chat-list.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const lobby = await loadLobby(params.name, signal);
  if (!lobby) return missingLobby(params.name);
  await chatListReady();
  const socket = new ReconnectingSocket(`/ws/chat/lobby/${encodeURIComponent(lobby.name)}/`);
  const chat = openChat(lobby.chat_id, lobby.messages, signal, socket);
  // Messages between the response and the opening of the socket are in neither: load again once.
  let hasJoined = false;
  socket.on('joined', () => {
    if (!hasJoined) chat.reload();
    hasJoined = true;
  });
  const roster = trackRoster(socket);
  const title = roomsStore.roomTitle(lobby);
  const panel = chatPanel(chat, { label: `Message to ${title}`, showAuthors: true, signal });
  socket.start(signal);
  const layout = { label: title, path: roomsStore.roomUrl(lobby), header: header(title, lobby, roster, signal), panel, people: rosterList(roster, signal), signal };
  return { title, content: [chatLayout(layout)] };
}

/** Loads a lobby; null if there is none with this name. */
async function loadLobby(name, signal) {
  try {
    return (await api.get(`/chats/lobbies/${encodeURIComponent(name)}/`, { signal })).data;
  } catch (error) {
    if (error.code === 'chat.lobby_not_found') return null;
    throw error;
  }
}

/** Offers to create a lobby: opening an address does not. */
function missingLobby(name) {
  const create = async () => {
    await api.put(`/chats/lobbies/${encodeURIComponent(name)}/`);
    await openCurrentView();
  };
  return page('No such room', h('p', {}, 'There is no room called ', h('strong', { dir: 'auto' }, name), '.'),
    h('div.actions', {}, actionButton('Create room', create, { variant: 'primary' }), h('a.button', { href: '/chats' }, 'All chats')));
}

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

function header(title, lobby, roster, signal) {
  const count = h('p.hint', { role: 'status' });
  roster.subscribe(({ total }) => fill(count, total ? `${plural(total, 'person', 'people')} here` : 'Joining…'), signal);
  return [h('div', {}, heading(title), count), followButton(lobby)];
}

/** Follows or unfollows a lobby. A followed lobby is listed under Chats and counts unread messages. */
function followButton(lobby) {
  const container = h('span');
  const show = () => {
    const followed = roomsStore.isFollowed(lobby.chat_id);
    fill(container, actionButton(followed ? 'Unfollow' : 'Follow', () => toggle(followed), { name: followed ? 'Unfollow: stop counting unread messages' : 'Follow: count unread messages' }));
  };
  const toggle = async (followed) => {
    await (followed ? roomsStore.unfollow(lobby) : roomsStore.follow(lobby));
    show();
    container.querySelector('button').focus();
    showToast(followed ? 'Unfollowed. You can still visit.' : 'Following. New messages count as unread.');
  };
  show();
  return container;
}

function rosterList(roster, signal) {
  const list = h('ul.people');
  const refreshFocus = rovingFocus(list, 'a');
  const showRows = keyedList(list, (user) => user.id, (user) =>
    h('li', {}, h('a', { href: profileUrl(user.username) }, avatarWithStatus(user, 32), h('span.name', { dir: 'auto' }, user.display_name))));
  roster.subscribe(({ members }) => {
    showRows(members);
    refreshFocus();
  }, signal);
  return [h('h2', {}, 'Here now'), list];
}
