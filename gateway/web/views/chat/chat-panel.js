// @ts-check
// The talk of a chat: its messages, who is typing, and the composer.

import { plural } from '../../elements/format.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { html } from '../../vendor/lit.js';
import { chatComposer } from './chat-composer.js';
import { pictures } from './chat-pictures.js';
import { messageList } from './message-list.js';

/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('../../api/types.js').UserSummary} UserSummary */
/** @typedef {ReturnType<import('../../live/open-chat.js').openChat>} Chat */
/** @typedef {import('../../live/outbox.js').UnsentMessage} UnsentMessage */
/** @typedef {Omit<UserSummary, 'is_deleted'> & { is_deleted?: boolean }} Person */
/**
 * How a chat is shown: `closedReason` replaces the composer; `showNames` adds the names of the authors; `people`
 * are those who can be mentioned; `emptyText` stands where no message does.
 *
 * @typedef {{
 *   label: string,
 *   emptyText: string,
 *   people: () => Person[],
 *   closedReason?: string | null,
 *   showNames?: boolean,
 * }} PanelOptions
 */

const GREETING = 'Hello! 👋';

/**
 * The panel of an open chat.
 *
 * @param {Chat} chat
 * @param {PanelOptions} options
 * @param {AbortSignal} signal
 */
export function chatPanel(chat, { label, emptyText, people, closedReason = null, showNames = false }, signal) {
  const everybody = () => uniquePeople(people(), chat.messages.value);
  const composer = closedReason ? null : chatComposer({ chat, label, people: everybody, signal });
  const empty = elementOf(
    html`<div class="empty-state">
      ${pictures.talk}
      <p>${emptyText}</p>
      ${composer && html`<button type="button" @click=${() => composer.write(GREETING)}>Say hello</button>`}
    </div>`,
  );
  const { scroller, newer } = messageList({ chat, composer, showNames, empty, signal });
  const typing = () => typingText(chat.typists.value, everybody());
  return html`<div class="panel">
    ${scroller} ${newer}
    <p class="hint typing" role="status" ${following([chat.typists], typing, signal)}></p>
    ${composer ? composer.element : html`<p class="note">${closedReason}</p>`}
  </div>`;
}

/**
 * The people of a chat: those who are there, and those who wrote what is loaded.
 *
 * @param {Person[]} people
 * @param {Message[]} messages
 */
function uniquePeople(people, messages) {
  /** @type {Map<string, Person>} */
  const byId = new Map(messages.map(({ sender }) => [sender.id, sender]));
  for (const person of people) byId.set(person.id, person);
  return [...byId.values()];
}

/**
 * @param {string[]} usernames
 * @param {Person[]} people
 */
function typingText(usernames, people) {
  if (!usernames.length) return '';
  if (usernames.length > 3) return `${plural(usernames.length, 'person', 'people')} are typing…`;
  const names = usernames.map((name) => people.find(({ username }) => username === name)?.display_name ?? name);
  return `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} typing…`;
}
