// One's conversations and lobbies.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { form, text } from '../forms.js';
import * as chats from '../live/chats.js';
import { go } from '../router.js';
import { conversationList } from './conversation-list.js';
import { titleOf } from './lobby.js';

export default async function view({ signal }) {
  const [rooms] = await Promise.all([api.get('/chats/rooms/?limit=100', { signal }), chats.ready()]);
  const kept = rooms.data.filter((one) => one.kind === 'lobby');
  return page('Chats',
    h('div.card', {}, conversationList(signal),
      h('div.actions', {}, h('a.button', { href: '/friends' }, 'Talk to a friend'))),
    section('Open to everybody', h('ul.rows', {}, lobby('world'), kept.filter((one) => one.name !== 'world').map((one) => lobby(one.name, one.unread_count))),
      lobbyForm()));
}

function lobby(name, unread = 0) {
  return h('li', {}, h('a', { href: `/chats/lobby/${encodeURIComponent(name)}` }, titleOf(name)), unread > 0 && ` · ${unread} unread`);
}

function lobbyForm() {
  return form({
    label: 'Another lobby',
    fields: [text('lobby', 'Another lobby', { required: true, maxlength: 40, autocomplete: 'off', spellcheck: 'false', hint: 'By its name. One that is not there yet is made.' })],
    submit: 'Go there',
    run: ({ lobby: name }) => go(`/chats/lobby/${encodeURIComponent(name.trim())}`),
  });
}
