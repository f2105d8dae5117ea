// A chat by its id, as notifications link to it. A lobby redirects to its own address.

import * as api from '../api.js';
import { h, heading } from '../dom.js';
import { loadAndOpenChat } from '../realtime/open-chat.js';
import { navigate } from '../router.js';
import { chatLayout } from './chat-layout.js';
import { chatListReady } from './chat-list.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const id = encodeURIComponent(params.id);
  const load = async () => (await Promise.all([api.get(`/chats/rooms/${id}/`, { signal }), chatListReady()]))[0].data;
  const { room, chat } = await loadAndOpenChat(load, signal);
  if (signal.aborted) return null;
  if (room.kind === 'lobby') return navigate(`/chats/lobby/${encodeURIComponent(room.name)}`, { replace: true });
  const panel = chatPanel(chat, { label: `Message to ${room.name}`, showAuthors: true, signal });
  return { title: room.name, content: [chatLayout({ label: room.name, path: `/chats/room/${id}`, header: h('div', {}, heading(room.name)), panel, signal })] };
}
