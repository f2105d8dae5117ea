// @ts-check
// Saves parts of the user's own profile.

import { api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { showToast } from '../../elements/toasts.js';

/** @import { PatchProfile } from '../../api/types.js' */

/** @param {PatchProfile} parts */
export async function saveProfile(parts) {
  const { data } = await api.patch('/users/profile/', parts);
  session.updateProfile(data);
  showToast('Saved.');
}
