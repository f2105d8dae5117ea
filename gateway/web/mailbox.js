// A server without a mail server shows its mail on a page, to visitors on the same machine. Only
// they are asked to look for it.

import { h } from './dom.js';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];
let found = null;

function exists() {
  if (!LOCAL.includes(location.hostname)) return Promise.resolve(false);
  found ??= fetch('/dev/mailbox/?format=json').then((answer) => answer.ok, () => false);
  return found;
}

/** A line that leads to the dev mailbox, visible once it is known to be there. */
export function mailboxHint() {
  const link = h('a', { href: '/dev/mailbox/', target: '_blank', rel: 'noopener' }, 'dev mailbox');
  const hint = h('p.hint', { hidden: true }, 'This server sends no real mail: look into the ', link, '.');
  exists().then((there) => {
    hint.hidden = !there;
  });
  return hint;
}
