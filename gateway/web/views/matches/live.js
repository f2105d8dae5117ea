// @ts-check
// The matches that are being played now, to watch.

import { api } from '../../api/client.js';
import { heading } from '../../elements/dom.js';
import { segmentedControl } from '../../elements/forms.js';
import { icon } from '../../elements/icon.js';
import { following } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { GAMES } from '../../games/game-texts.js';
import { onAbort } from '../../live/abort.js';
import { createSignal } from '../../live/signal.js';
import { replaceAddress } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html } from '../../vendor/lit.js';
import { liveMatchList } from './live-match-list.js';

/** @import { GameMatch, ViewContext } from '../match/types.js' */

const REFRESH_INTERVAL = 5_000;
const ALL = '';

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  let game = query.get('game') ?? ALL;
  /** @type {import('../../live/signal.js').Signal<GameMatch[]>} */
  const matches = createSignal([]);
  const load = async () => {
    const asked = game;
    const { data } = await api.get(`/matches/live/?limit=100${asked ? `&game=${encodeURIComponent(asked)}` : ''}`, {
      signal,
    });
    if (asked === game) matches.set(data);
  };
  await Promise.all([load(), loadStyles('/styles/games.css')]);
  // A list that is a moment old is no problem; the next load mends it.
  const timer = setInterval(() => document.visibilityState === 'visible' && load().catch(() => {}), REFRESH_INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  const picker = segmentedControl(
    'game',
    'Game',
    [[ALL, 'All games'], ...GAMES],
    game,
    (/** @type {string} */ slug) => {
      game = slug;
      replaceAddress(`/matches/live${slug ? `?game=${slug}` : ''}`);
      load().catch(showError);
    },
  );
  return {
    title: 'Live matches',
    content: html`${heading('Live matches')}
      <div class="filters">${picker}</div>
      <div class="stack" ${following([matches], () => list(matches.value), signal)}></div>`,
  };
}

/** @param {GameMatch[]} matches */
const list = (matches) =>
  matches.length
    ? liveMatchList(matches)
    : html`<div class="card empty">
        ${icon('court')}
        <p>Nobody is playing right now.</p>
        <a class="button primary" href="/play">Be the first</a>
      </div>`;
