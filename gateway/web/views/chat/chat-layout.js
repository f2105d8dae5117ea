// @ts-check
// The layout that all chats share: the list of chats, the talk, and the people who are there.

import { uniqueId } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { html, nothing } from '../../vendor/lit.js';
import { chatList } from './chat-list.js';

/**
 * A chat: `path` is its address, which the list marks; `picture` and `status` stand beside its title, `actions`
 * at the end of the header; `people` is what stands at the side.
 *
 * @typedef {{
 *   title: string,
 *   label: string,
 *   path: string,
 *   picture: unknown,
 *   status?: unknown,
 *   actions?: unknown,
 *   panel: unknown,
 *   people: unknown,
 * }} ChatPage
 */

/**
 * The view of a chat.
 *
 * @param {ChatPage} page
 * @param {AbortSignal} signal
 */
export function chatLayout({ title, label, path, picture, status, actions, panel, people }, signal) {
  const peopleId = uniqueId('people');
  const content = html`<div class="chats has-chat">
    <aside class="chats-side" aria-label="Chats">${chatList(signal, path)}</aside>
    <section class="card chat" aria-label=${label}>
      <header class="chat-header">
        <a class="button quiet back" href="/chats" aria-label="All chats">${icon('arrow-left')}</a>
        ${picture}
        <div class="chat-title">
          <h1 tabindex="-1" dir="auto">${title}</h1>
          ${status ?? nothing}
        </div>
        <button type="button" class="quiet people-button" popovertarget=${peopleId} aria-label="People" title="People">
          ${icon('friends')}
        </button>
        ${actions ?? nothing}
      </header>
      ${panel}
    </section>
    <aside class="chats-people" id=${peopleId} popover aria-label="People">
      <button
        type="button"
        class="quiet close-people"
        popovertarget=${peopleId}
        popovertargetaction="hide"
        aria-label="Close"
      >
        ${icon('close')}
      </button>
      ${people}
    </aside>
  </div>`;
  return { title, content };
}
