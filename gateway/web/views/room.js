// A chat by its id, as notifications name it: a lobby has an address of its own, a room is shown here.

import * as api from '../api.js';
import { h, heading } from '../dom.js';
import { conversation } from '../live/conversation.js';
import { go } from '../router.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const { data: opened } = await api.get(`/chats/rooms/${encodeURIComponent(params.id)}/`, { signal });
  if (opened.kind === 'lobby') return go(`/chats/lobby/${encodeURIComponent(opened.name)}`, { replace: true });
  const chat = conversation(opened.chat_id, opened.messages, signal);
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All conversations' }, '‹');
  return { title: opened.name, content: [h('div.chats.alone', {},
    h('section.card.chat', { 'aria-label': opened.name }, h('header.with', {}, back, h('div', {}, heading(opened.name))),
      chatPanel(chat, { label: `Message to ${opened.name}`, named: true, signal })))] };
}
