// @ts-check
// Exports the user's data.

import { html, nothing, render } from '../../vendor/lit.js';
import { actionButton } from '../../elements/action-button.js';
import { api } from '../../api/client.js';
import { h } from '../../elements/dom.js';
import { formatDate, formatDateTime, formatSize } from '../../elements/format.js';
import { saveFile } from '../../api/save-file.js';
import { withReauthentication } from '../../elements/step-up.js';
import { showError, showToast } from '../../elements/toasts.js';
import { settingsPage } from './settings-page.js';

/**
 * @import { Export } from '../../api/types.js'
 * @import { Failure } from '../../elements/format.js'
 */

const MIN_POLL_INTERVAL = 1_000;
const MAX_POLL_INTERVAL = 10_000;

/** @param {import('../view-context.js').ViewContext} context */
export default async function view({ signal }) {
  const container = h('section.card', { 'aria-label': 'Export' });
  const { data: exports } = await api.get('/users/profile/export/?limit=1', { signal });
  show(container, exports[0], signal);
  return settingsPage(
    '/settings/data',
    'Your data',
    container,
    html`<p>You can also <a href="/settings/delete">delete your account</a>.</p>`,
  );
}

/**
 * @param {HTMLElement} container
 * @param {Export | undefined} latest
 * @param {AbortSignal} signal
 */
function show(container, latest, signal) {
  const isPreparing = latest?.state === 'preparing';
  const ready = latest?.state === 'ready' ? latest : null;
  const request = actionButton('Request export', () => requestExport(container, signal), {
    variant: ready ? null : 'primary',
  });
  render(
    html`<p>
        Download everything we store about you in one file. Preparing it can take a moment; we also email you when it is
        ready.
      </p>
      <div role="status">${latest ? statusOf(latest) : nothing}</div>
      <div class="actions">
        ${ready ? actionButton('Download', () => download(ready), { variant: 'primary' }) : nothing}
        ${isPreparing ? nothing : request}
      </div>`,
    container,
  );
  if (isPreparing) poll(container, latest, signal);
}

/** @param {Export} latest */
function statusOf(latest) {
  const requested = `Requested on ${formatDateTime(latest.created_at)}.`;
  const expiry = latest.expires_at ? `You can download it until ${formatDate(latest.expires_at)}.` : '';
  /** @type {Record<Export['state'], [string, string]>} */
  const texts = {
    preparing: ['Preparing your export…', requested],
    ready: [`Your export is ready: ${formatSize(latest.size ?? 0)}.`, expiry],
    failed: ['The export failed. Please request it again.', requested],
    expired: ['Your last export has expired. You can request a new one.', requested],
  };
  const [text, detail] = texts[latest.state];
  return html`<p><strong>${text}</strong></p>
    ${detail ? html`<p class="hint">${detail}</p>` : nothing}`;
}

/**
 * @param {HTMLElement} container
 * @param {AbortSignal} signal
 */
async function requestExport(container, signal) {
  const { data } = await withReauthentication(() => api.post('/users/profile/export/'));
  show(container, data, signal);
}

/**
 * Polls with a growing interval until the export is done or the view closes.
 * @param {HTMLElement} container
 * @param {Export} latest
 * @param {AbortSignal} signal
 */
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
      if (/** @type {Failure} */ (error).code === 'offline' || signal.aborted) continue;
      showError(error);
      return;
    }
  }
}

/** @param {Export} latest */
async function download(latest) {
  const file = await withReauthentication(() => api.getFile(latest.download ?? ''));
  saveFile(file, `courtside-data-${(latest.ready_at ?? latest.created_at).slice(0, 10)}.json`);
  showToast('Your download has started.');
}
