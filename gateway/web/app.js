// Entry point of the web client.

import { registerServiceWorker } from './shell/release.js';
import * as router from './shell/router.js';
import { session } from './api/session.js';
import * as shell from './shell/shell.js';
import { showError } from './elements/toasts.js';

const loadRealtime = () => import('./live/realtime.js');
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

session.onChange((current, previous) => {
  if (current.status !== previous.status) toggleRealtime(current.status).catch(showError);
});
shell.start();
await session.restore();
await router.start();
registerServiceWorker();

// A login or logout, also in another tab, decides which views may be shown.
session.onChange((current, previous) => {
  if (current.status !== previous.status) router.openCurrentView();
});
