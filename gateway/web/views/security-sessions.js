// The user's sessions, and ways to end them.

import * as api from '../api.js';
import { confirm } from '../dialogs.js';
import { h } from '../dom.js';
import { plural } from '../format.js';
import { timeAgo } from '../relative-time.js';
import { navigate } from '../router.js';
import { signOut, signOutEverywhere } from '../session.js';
import { withReauthentication } from '../step-up.js';
import { showError, showToast } from '../toasts.js';

/** The list of sessions, and a button that ends them all. */
export function sessionList(sessions) {
  const list = h('ul.rows', {}, sessions.map((item) => sessionRow(item)));
  const endAllButton = h('button.danger', { type: 'button', onclick: confirmEndAll }, 'Log out everywhere');
  return h('div.stack', {}, list, h('div.actions', {}, endAllButton));
}

function sessionRow(item) {
  const row = h('li.row', {},
    h('div', {},
      h('h3', {}, item.device, ' ', item.current && h('span.badge.on', {}, 'This device')),
      h('p.hint', {}, `${item.place} · last used `,
        timeAgo(item.last_used_at),
        item.connections > 0 && ` · ${plural(item.connections, 'open connection')}`)));
  const name = item.current ? 'Log out on this device' : `Log out: ${item.device}`;
  const button = h('button', { type: 'button', 'aria-label': name }, 'Log out');
  button.addEventListener('click', () => (item.current ? logOutWith(signOut) : endSession(item, row)));
  row.append(button);
  return row;
}

async function endSession(item, row) {
  try {
    await withReauthentication(() => api.remove(`/auth/sessions/${item.id}/`));
    const sibling = row.nextElementSibling ?? row.previousElementSibling;
    sibling?.querySelector('button').focus();
    row.remove();
    showToast('Session ended.');
  } catch (error) {
    showError(error);
  }
}

async function confirmEndAll() {
  try {
    await confirm('Log out everywhere?', 'This ends all your sessions, including this one.', 'Log out everywhere');
    await logOutWith(() => withReauthentication(signOutEverywhere));
  } catch (error) {
    showError(error);
  }
}

async function logOutWith(logOut) {
  try {
    await logOut();
    await navigate('/', { replace: true });
    showToast('You are logged out.');
  } catch (error) {
    showError(error);
  }
}
