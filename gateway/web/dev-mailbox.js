// A server without SMTP shows its mail at /dev/mailbox/, to visitors on the same machine only.

import { h } from './dom.js';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
let availability = null;

function isAvailable() {
  if (!LOOPBACK_HOSTS.includes(location.hostname)) return Promise.resolve(false);
  availability ??= fetch('/dev/mailbox/?format=json').then((response) => response.ok, () => false);
  return availability;
}

/** A hint that links to the dev mailbox; hidden unless the mailbox is available. */
export function mailboxHint() {
  const link = h('a', { href: '/dev/mailbox/', target: '_blank', rel: 'noopener' }, 'dev mailbox');
  const hint = h('p.hint', { hidden: true }, 'This server does not send real email. Check the ', link, '.');
  isAvailable().then((available) => {
    hint.hidden = !available;
  });
  return hint;
}
