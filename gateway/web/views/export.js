// Exports the user's data.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { formatDate, formatDateTime, formatSize } from '../format.js';
import { saveFile } from '../save-file.js';
import { withReauthentication } from '../step-up.js';
import { showError, showToast } from '../toasts.js';

const MIN_POLL_INTERVAL = 1_000;
const MAX_POLL_INTERVAL = 10_000;

export default async function view({ signal }) {
  const container = h('div.card');
  const { data: exports } = await api.get('/users/profile/export/?limit=1', { signal });
  show(container, exports[0], signal);
  return page('Your data', container);
}

function show(container, latest, signal) {
  const preparing = latest?.state === 'preparing';
  const requestButton = h(latest?.state === 'ready' ? 'button' : 'button.primary', { type: 'button' }, 'Request export');
  requestButton.addEventListener('click', () => request(container, signal));
  fill(container,
    h('p', {}, 'Download everything we store about you in one file. Preparing it can take a moment; we also email you when it is ready.'),
    h('div', { role: 'status' }, latest && statusOf(latest)),
    h('div.actions', {}, latest?.state === 'ready' && downloadButton(latest), !preparing && requestButton));
  if (preparing) poll(container, latest, signal);
}

function statusOf(latest) {
  const requested = `Requested on ${formatDateTime(latest.created_at)}.`;
  const texts = {
    preparing: ['Preparing your export…', requested],
    ready: [`Your export is ready: ${formatSize(latest.size ?? 0)}.`, latest.expires_at && `You can download it until ${formatDate(latest.expires_at)}.`],
    failed: ['The export failed. Please request it again.', requested],
    expired: ['Your last export has expired. You can request a new one.', requested],
  };
  const [text, detail] = texts[latest.state];
  return [h('p', {}, h('strong', {}, text)), detail && h('p.hint', {}, detail)];
}

async function request(container, signal) {
  try {
    const { data } = await withReauthentication(() => api.post('/users/profile/export/'));
    show(container, data, signal);
  } catch (error) {
    showError(error);
  }
}

/** Polls with a growing interval until the export is done or the view closes. */
async function poll(container, latest, signal) {
  for (let interval = MIN_POLL_INTERVAL; ; interval = Math.min(interval * 1.5, MAX_POLL_INTERVAL)) {
    await new Promise((resolve) => setTimeout(resolve, interval));
    if (signal.aborted) return;
    try {
      const { data } = await api.get(`/users/profile/export/${latest.id}/`, { signal });
      if (data.state === 'preparing') continue;
      show(container, data, signal);
      return;
    } catch (error) {
      // While offline, keep polling.
      if (error.code !== 'offline' && !signal.aborted) return void showError(error);
    }
  }
}

function downloadButton(latest) {
  const button = h('button.primary', { type: 'button' }, 'Download');
  button.addEventListener('click', async () => {
    try {
      saveFile(await withReauthentication(() => api.getFile(latest.download)), `courtside-data-${latest.ready_at.slice(0, 10)}.json`);
      showToast('Your download has started.');
    } catch (error) {
      showError(error);
    }
  });
  return button;
}
