// The start of the web client.

import { warn } from './notices.js';
import * as router from './router.js';
import { resume, session, watch } from './session.js';
import * as shell from './shell.js';

let live = null;

/** What is live is loaded and begun once somebody is in, and ended when they are gone. */
async function keepLive(status) {
  if (status === 'in') {
    live ??= import('./live/live.js');
    (await live).begin();
  } else if (status === 'out' && live) {
    (await live).end();
  }
}

watch((now, old) => {
  if (now.status !== old.status) keepLive(now.status).catch(warn);
});
shell.start();
await resume();
await router.start();

// Signing in or out in another tab, or a session that was ended, changes what may be shown here.
watch((now, old) => {
  if (now.status !== old.status) router.open();
});

addEventListener('online', () => {
  if (session.status === 'unknown') resume();
});
