// @ts-check
// The user's own status, in the account menu.

import { fill, h } from '../elements/dom.js';
import { segmentedControl } from '../elements/forms.js';
import { statusLabel } from '../elements/person-row.js';
import { showError } from '../elements/toasts.js';
import { friendsStore } from '../live/friends-store.js';

/**
 * @import { ChosenStatus, OwnStatus } from '../api/types.js'
 * @import { Choice } from '../elements/forms.js'
 */

/** @type {Choice[]} */
const STATUSES = [
  ['online', 'Online'],
  ['away', 'Away'],
  ['invisible', 'Invisible'],
];

/** A control for the status, which follows it until the signal fires. */
export async function statusMenu(/** @type {AbortSignal} */ signal) {
  await friendsStore.ready('own');
  const place = h('div');
  const line = h('p.hint', { role: 'status' });
  /** @type {string | null} */
  let shown = null;
  /** @param {string} status */
  const onChange = async (status) => {
    shown = status;
    try {
      await friendsStore.setStatus(/** @type {ChosenStatus} */ (status));
    } catch (error) {
      showError(error);
    }
  };
  friendsStore.ownStatus.subscribe((/** @type {OwnStatus | null} */ own) => {
    if (!own) return;
    const devices = own.connections > 1 ? ` You are connected in ${own.connections} windows or devices.` : '';
    fill(line, `Your friends see you as ${statusLabel(own.presence).toLowerCase()}.${devices}`);
    if (own.status !== shown) fill(place, segmentedControl('status', 'Your status', STATUSES, own.status, onChange));
    shown = own.status;
  }, signal);
  return [place, line];
}
