// @ts-check
// A server without SMTP shows its mail at /dev/mailbox/, to visitors on the same machine only.

import { html, render } from '../vendor/lit.js';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
/** @type {Promise<boolean> | null} */
let availability = null;

/** @returns {Promise<boolean>} */
function isAvailable() {
  if (!LOOPBACK_HOSTS.includes(location.hostname)) return Promise.resolve(false);
  availability ??= fetch('/dev/mailbox/?format=json').then(
    (response) => response.ok,
    () => false,
  );
  return availability;
}

/** A hint that links to the dev mailbox; hidden unless the mailbox is available. */
export function mailboxHint() {
  const hint = document.createElement('p');
  [hint.className, hint.hidden] = ['hint', true];
  const link = html`<a href="/dev/mailbox/" target="_blank" rel="noopener">dev mailbox</a>`;
  render(html`This server does not send real email. Check the ${link}.`, hint);
  isAvailable().then((available) => {
    hint.hidden = !available;
  });
  return hint;
}
