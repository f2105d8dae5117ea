// @ts-check
// The user's conversations and rooms, none of which is open yet.

import { html } from '../../vendor/lit.js';
import { chatList, chatListReady } from './chat-list.js';
import { pictures } from './chat-pictures.js';
import { openNewChat } from './new-chat.js';

/** @param {{ signal: AbortSignal }} context */
export default async function view({ signal }) {
  await chatListReady();
  const content = html`<div class="chats">
    <aside class="chats-side" aria-label="Chats">
      <h1 tabindex="-1">Chats</h1>
      ${chatList(signal)}
    </aside>
    <section class="card chat no-chat" aria-label="No chat is open">
      <div class="empty-state">
        ${pictures.talk}
        <p>Choose a chat, or start a new one with a friend or in a room.</p>
        <button type="button" class="primary" @click=${openNewChat}>Start a chat</button>
      </div>
    </section>
  </div>`;
  return { title: 'Chats', content };
}
