// The start of the web client.

import * as router from './router.js';
import { resume, session, watch } from './session.js';
import * as shell from './shell.js';

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
