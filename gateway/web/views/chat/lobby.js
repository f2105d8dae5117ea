// @ts-check
// A lobby: a room open to everyone, with the list of who is there. `world` is the world chat.

import { ApiError, api } from '../../api/client.js';
import { plural } from '../../elements/format.js';
import { icon } from '../../elements/icon.js';
import { following } from '../../elements/template-parts.js';
import { openChat } from '../../live/open-chat.js';
import { ReconnectingSocket } from '../../live/reconnecting-socket.js';
import { roomTitle, roomUrl } from '../../live/rooms-store.js';
import { html } from '../../vendor/lit.js';
import { chatLayout } from './chat-layout.js';
import { chatListReady } from './chat-list.js';
import { chatPanel } from './chat-panel.js';
import { peopleList } from './chat-people.js';
import { followButton } from './follow-button.js';
import { trackRoster } from './lobby-roster.js';
import { missingLobby } from './missing-lobby.js';

/** @typedef {import('../../api/types.js').OpenRoom} OpenRoom */

/** @param {{ params: { name: string }, signal: AbortSignal }} context */
export default async function view({ params, signal }) {
  const lobby = await loadLobby(params.name, signal);
  if (!lobby) return missingLobby(params.name);
  await chatListReady();
  /** @type {ReconnectingSocket<'lobby'>} */
  const socket = new ReconnectingSocket(`/ws/chat/lobby/${encodeURIComponent(lobby.name)}/`);
  const chat = openChat(lobby.chat_id, lobby.messages, signal, socket);
  reloadOnJoin(socket, chat);
  const { total, members } = trackRoster(socket);
  const title = roomTitle(lobby);
  const options = {
    label: `Message to ${title}`,
    emptyText: 'Nobody has written here yet. Say hello to who comes next.',
    people: () => members.value,
    showNames: true,
  };
  const count = () => (total.value ? `${plural(total.value, 'person', 'people')} here` : 'Joining…');
  const page = {
    title,
    label: title,
    path: roomUrl(lobby),
    picture: html`<span class="avatar room-icon">${icon('globe')}</span>`,
    status: html`<p class="hint" role="status" ${following([total], count, signal)}></p>`,
    actions: followButton(lobby),
    panel: chatPanel(chat, options, signal),
    people: peopleList('Here now', members, signal),
  };
  socket.start(signal);
  return chatLayout(page, signal);
}

/**
 * Messages between the response and the opening of the socket are in neither: loads them again once.
 *
 * @param {ReconnectingSocket<'lobby'>} socket
 * @param {ReturnType<typeof openChat>} chat
 */
function reloadOnJoin(socket, chat) {
  let hasJoined = false;
  socket.on('joined', () => {
    if (!hasJoined) chat.reload();
    hasJoined = true;
  });
}

/**
 * Loads a lobby; null if there is none with this name.
 *
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<OpenRoom | null>}
 */
async function loadLobby(name, signal) {
  try {
    return (await api.get(`/chats/lobbies/${encodeURIComponent(name)}/`, { signal })).data;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'chat.lobby_not_found') return null;
    throw error;
  }
}
