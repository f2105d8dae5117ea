// @ts-check
// The tournaments part of a profile.

import { html, nothing } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { section } from '../../elements/dom.js';
import { profileUrl } from '../../elements/person-row.js';
import { loadStyles } from '../../styles/load-styles.js';
import { playedList } from '../tournaments/played-list.js';

/**
 * @import { PublicProfile } from '../../api/types.js'
 * @import { Failure } from '../../elements/format.js'
 */

const COUNT = 5;

/**
 * Loads the latest tournaments of a user; nothing where there are none, or they are private.
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
export async function personTournaments(user, signal) {
  if (user.restricted) return nothing;
  try {
    const [{ data, meta }] = await Promise.all([
      api.get(`/users/${encodeURIComponent(user.username)}/tournaments/?limit=${COUNT}`, { signal }),
      loadStyles('/styles/tournaments.css'),
    ]);
    if (!data.length) return nothing;
    const all = `${profileUrl(user.username)}/tournaments`;
    const more = meta.total > data.length ? html`<p><a href=${all}>All tournaments</a></p>` : nothing;
    return section('Tournaments', html`${playedList(data)}${more}`);
  } catch (error) {
    if (/** @type {Failure} */ (error).code === 'tournaments.history_private') return nothing;
    throw error;
  }
}
