// Entry point of the web client.

import * as router from './router.js';
import { onSessionChange, restoreSession } from './session.js';
import * as shell from './shell.js';
import { showError } from './toasts.js';

const loadRealtime = () => import('./realtime/realtime.js');
let isRealtimeLoaded = false;

/** Starts the realtime modules at login, which loads them the first time, and stops them at logout. */
async function toggleRealtime(status) {
  if (status === 'signed-in') {
    isRealtimeLoaded = true;
    (await loadRealtime()).start();
  } else if (status === 'signed-out' && isRealtimeLoaded) {
    (await loadRealtime()).stop();
  }
}

onSessionChange((current, previous) => {
  if (current.status !== previous.status) toggleRealtime(current.status).catch(showError);
});
shell.start();
await restoreSession();
await router.start();

// A login or logout, also in another tab, decides which views may be shown.
onSessionChange((current, previous) => {
  if (current.status !== previous.status) router.openCurrentView();
});
