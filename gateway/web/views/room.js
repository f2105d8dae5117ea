// A chat by its id, as notifications link to it. A lobby redirects to its own address.

import * as api from '../api.js';
import { h, heading } from '../dom.js';
import { openChat } from '../realtime/open-chat.js';
import { navigate } from '../router.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const { data: room } = await api.get(`/chats/rooms/${encodeURIComponent(params.id)}/`, { signal });
  if (room.kind === 'lobby') return navigate(`/chats/lobby/${encodeURIComponent(room.name)}`, { replace: true });
  const chat = openChat(room.chat_id, room.messages, signal);
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All conversations' }, '‹');
  return { title: room.name, content: [h('div.chats.single', {},
    h('section.card.chat', { 'aria-label': room.name }, h('header.chat-header', {}, back, h('div', {}, heading(room.name))),
      chatPanel(chat, { label: `Message to ${room.name}`, showAuthors: true, signal })))] };
}
