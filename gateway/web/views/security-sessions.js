// Where one is logged in, and ending that.

import * as api from '../api.js';
import { confirm } from '../dialogs.js';
import { h } from '../dom.js';
import { tell, warn } from '../notices.js';
import { go } from '../router.js';
import { signOut, signOutEverywhere } from '../session.js';
import { guarded } from '../step-up.js';
import { ago, moment, plural } from '../words.js';

/** The list of sessions with their buttons. */
export function sessionList(sessions) {
  const list = h('ul.rows', {}, sessions.map((one) => row(one)));
  const everywhere = h('button.danger', { type: 'button', onclick: endAll }, 'Log out everywhere');
  return h('div.stack', {}, list, h('div.actions', {}, everywhere));
}

function row(one) {
  const item = h('li.row', {},
    h('div', {},
      h('h3', {}, one.device, ' ', one.current && h('span.badge.on', {}, 'This one')),
      h('p.hint', {}, `${one.place} · last used `,
        h('time', { datetime: one.last_used_at, title: moment(one.last_used_at) }, ago(one.last_used_at)),
        one.connections > 0 && ` · ${plural(one.connections, 'connection')} open`)));
  const label = one.current ? 'Log out here' : `End the session: ${one.device}`;
  const end = h('button', { type: 'button', 'aria-label': label }, one.current ? 'Log out' : 'End');
  end.addEventListener('click', () => (one.current ? leave(signOut) : endOne(one, item)));
  item.append(end);
  return item;
}

async function endOne(one, item) {
  try {
    await guarded(() => api.remove(`/auth/sessions/${one.id}/`));
    const neighbour = item.nextElementSibling ?? item.previousElementSibling;
    neighbour?.querySelector('button').focus();
    item.remove();
    tell('The session has ended.');
  } catch (error) {
    warn(error);
  }
}

async function endAll() {
  try {
    await confirm('Log out everywhere?', 'All your sessions end, this one too.', 'Log out everywhere');
    await leave(() => guarded(signOutEverywhere));
  } catch (error) {
    warn(error);
  }
}

async function leave(how) {
  try {
    await how();
    await go('/', { replace: true });
    tell('You are logged out.');
  } catch (error) {
    warn(error);
  }
}
