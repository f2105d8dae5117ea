// @ts-check
// A chat by its id, as notifications link to it. A lobby redirects to its own address.

import { api } from '../../api/client.js';
import { icon } from '../../elements/icon.js';
import { loadAndOpenChat } from '../../live/open-chat.js';
import { createSignal } from '../../live/signal.js';
import { navigate } from '../../shell/router.js';
import { html } from '../../vendor/lit.js';
import { chatLayout } from './chat-layout.js';
import { chatListReady } from './chat-list.js';
import { chatPanel } from './chat-panel.js';
import { peopleList } from './chat-people.js';

/** As many members are listed. */
const MAX_MEMBERS = 100;

/** @param {{ params: { id: string }, signal: AbortSignal }} context */
export default async function view({ params, signal }) {
  const id = encodeURIComponent(params.id);
  const load = async () => (await Promise.all([api.get(`/chats/rooms/${id}/`, { signal }), chatListReady()]))[0].data;
  const { room, chat } = await loadAndOpenChat(load, signal);
  if (signal.aborted) return null;
  if (room.kind === 'lobby') return navigate(`/chats/lobby/${encodeURIComponent(room.name)}`, { replace: true });
  const { data: people } = await api.get(`/chats/rooms/${id}/members/?limit=${MAX_MEMBERS}`, { signal });
  const members = createSignal(people);
  const options = {
    label: `Message to ${room.name}`,
    emptyText: 'Nobody has written here yet.',
    people: () => members.value,
    showNames: true,
  };
  const page = {
    title: room.name,
    label: room.name,
    path: `/chats/room/${id}`,
    picture: html`<span class="avatar room-icon">${icon('friends')}</span>`,
    panel: chatPanel(chat, options, signal),
    people: peopleList('Members', members, signal),
  };
  return chatLayout(page, signal);
}
