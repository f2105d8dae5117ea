// The user's conversations and rooms.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { form, textField } from '../forms.js';
import * as chatsStore from '../realtime/chats-store.js';
import { navigate } from '../router.js';
import { conversationList } from './conversation-list.js';
import { lobbyTitle } from './lobby.js';

export default async function view({ signal }) {
  const [{ data: rooms }] = await Promise.all([api.get('/chats/rooms/?limit=100', { signal }), chatsStore.ready()]);
  const followed = rooms.filter((room) => room.kind === 'lobby' && room.name !== 'world');
  return page('Chats',
    h('div.card', {}, conversationList(signal),
      h('div.actions', {}, h('a.button', { href: '/friends' }, 'Message a friend'))),
    section('Rooms', h('ul.rows', {}, lobbyLink('world'), followed.map((room) => lobbyLink(room.name, room.unread_count))),
      lobbyForm()));
}

function lobbyLink(name, unread = 0) {
  return h('li', {}, h('a', { href: `/chats/lobby/${encodeURIComponent(name)}` }, lobbyTitle(name)), unread > 0 && ` · ${unread} unread`);
}

function lobbyForm() {
  return form({
    label: 'Join a room',
    fields: [textField('lobby', 'Room name', { required: true, maxlength: 40, autocomplete: 'off', spellcheck: 'false', hint: 'Type a name to join or create a room.' })],
    submit: 'Join',
    onSubmit: ({ lobby: name }) => navigate(`/chats/lobby/${encodeURIComponent(name.trim())}`),
  });
}
