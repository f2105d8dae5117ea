// @ts-check
// The user's sessions, and ways to end them.

import { html, nothing } from '../../vendor/lit.js';
import { actionButton } from '../../elements/action-button.js';
import { api } from '../../api/client.js';
import { confirm } from '../../elements/dialogs.js';
import { element } from '../../elements/dom.js';
import { plural } from '../../elements/format.js';
import { timeAgo } from '../../elements/relative-time.js';
import { navigate } from '../../shell/router.js';
import { session } from '../../api/session.js';
import { withReauthentication } from '../../elements/step-up.js';
import { showToast } from '../../elements/toasts.js';

/** @import { Session } from '../../api/types.js' */

/**
 * The list of sessions, and a button that ends them all.
 * @param {Session[]} sessions
 */
export const sessionList = (sessions) =>
  html`<ul class="rows">
      ${sessions.map(sessionRow)}
    </ul>
    <div class="actions">${actionButton('Log out everywhere', endAll, { variant: 'danger' })}</div>`;

/** @param {Session} item */
function sessionRow(item) {
  const name = item.current ? 'Log out on this device' : `Log out: ${item.device}`;
  /** @returns {Promise<void>} */
  const end = () => (item.current ? logOutWith(() => session.signOut()) : endSession(item, row));
  const connections = item.connections > 0 ? ` · ${plural(item.connections, 'open connection')}` : '';
  /** @type {HTMLElement} */
  const row = element(
    html`<li class="row">
      <div>
        <h3>${item.device} ${item.current ? html`<span class="badge on">This device</span>` : nothing}</h3>
        <p class="hint">${item.place} · last used ${timeAgo(item.last_used_at)}${connections}</p>
      </div>
      ${actionButton('Log out', end, { name })}
    </li>`,
  );
  return row;
}

/**
 * @param {Session} item
 * @param {HTMLElement} row
 */
async function endSession(item, row) {
  await withReauthentication(() => api.remove(`/auth/sessions/${item.id}/`));
  const sibling = row.nextElementSibling ?? row.previousElementSibling;
  sibling?.querySelector('button')?.focus();
  row.remove();
  showToast('Session ended.');
}

async function endAll() {
  await confirm('Log out everywhere?', 'This ends all your sessions, including this one.', 'Log out everywhere');
  await logOutWith(() => withReauthentication(() => session.signOutEverywhere()));
}

/** @param {() => Promise<unknown>} logOut */
async function logOutWith(logOut) {
  await logOut();
  await navigate('/', { replace: true });
  showToast('You are logged out.');
}
