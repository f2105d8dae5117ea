// @ts-check
// The page of a match: the match itself while it is live, and what is known of it afterwards.

import { api } from '../../api/client.js';
import { loadStyles } from '../../styles/load-styles.js';

/** @import { ViewContext } from './types.js' */

/** @param {ViewContext} context */
export default async function view({ params, signal }) {
  const [{ data: match }] = await Promise.all([
    api.get(`/matches/${encodeURIComponent(params.id ?? '')}/`, { signal }),
    loadStyles('/styles/games.css'),
  ]);
  const { render } = await (match.state === 'live' ? import('./live.js') : import('./summary.js'));
  return render(match, signal);
}
