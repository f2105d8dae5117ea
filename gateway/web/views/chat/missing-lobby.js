// @ts-check
// Offers to create a lobby: opening an address does not.

import { api } from '../../api/client.js';
import { actionButton } from '../../elements/action-button.js';
import { openCurrentView } from '../../shell/router.js';
import { html } from '../../vendor/lit.js';

const TITLE = 'No such room';

/** @param {string} name */
export function missingLobby(name) {
  const create = async () => {
    await api.put(`/chats/lobbies/${encodeURIComponent(name)}/`);
    await openCurrentView();
  };
  const content = html`<h1 tabindex="-1">${TITLE}</h1>
    <p>There is no room called <strong dir="auto">${name}</strong>.</p>
    <div class="actions">
      ${actionButton('Create room', create, { variant: 'primary' })}
      <a class="button" href="/chats">All chats</a>
    </div>`;
  return { title: TITLE, content };
}
