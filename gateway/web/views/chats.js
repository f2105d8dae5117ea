// The user's conversations and rooms.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { form, textField } from '../forms.js';
import { navigate } from '../router.js';
import { chatList, chatListReady } from './chat-list.js';

export default async function view({ signal }) {
  await chatListReady();
  return page('Chats',
    h('div.card', {}, chatList(signal), h('div.actions', {}, h('a.button', { href: '/friends' }, 'Message a friend'))),
    section('Join a room', roomForm()));
}

function roomForm() {
  return form({
    label: 'Join a room',
    fields: [textField('name', 'Room name', { required: true, maxlength: 40, autocomplete: 'off', spellcheck: 'false', hint: 'Type a name to join or create a room.' })],
    submit: 'Join',
    onSubmit: async ({ name }) => {
      const { data: lobby } = await api.put(`/chats/lobbies/${encodeURIComponent(name.trim())}/`);
      await navigate(`/chats/lobby/${encodeURIComponent(lobby.name)}`);
    },
  });
}
