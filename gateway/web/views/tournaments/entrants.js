// @ts-check
// The entrants of a tournament: before the start as they registered, afterwards by place and seed.

import { avatar } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { ordinal } from '../../elements/format.js';
import { profileUrl } from '../../elements/person-row.js';
import { elementOf } from '../../elements/template-parts.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';
import { entrantStatusName } from './tournament-texts.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { BracketEntrant, PartContext, TournamentEntrant } from './types.js'
 */
/** @typedef {TournamentEntrant & Pick<BracketEntrant, 'seed' | 'place' | 'status'>} Entrant */

const PAGE_SIZE = 60;
const FACE_SIZE = 36;
const LAST = Number.MAX_SAFE_INTEGER;

/** @param {PartContext} context */
export function entrantList({ open, signal }) {
  const element = elementOf(html`<div class="card"></div>`);
  let count = PAGE_SIZE;
  const showMore = () => {
    count += PAGE_SIZE;
    update();
  };
  const update = () => open.known.value && render(content(open.known.value, count, showMore), element);
  open.known.subscribe(update, signal);
  return element;
}

/**
 * @param {KnownTournament} known
 * @param {number} count
 * @param {() => void} showMore
 */
function content(known, count, showMore) {
  const all = sortedEntrants(known);
  if (!all.length) return emptyState('friends', 'Nobody has registered yet.');
  return html`<ul class="entrants">
      ${repeat(all.slice(0, count), ({ number }) => number, row)}
    </ul>
    ${all.length > count ? html`<button type="button" @click=${showMore}>Show more</button>` : nothing}`;
}

/**
 * The bracket knows seeds and places as they are now.
 * @param {KnownTournament} known
 * @returns {Entrant[]}
 */
export function sortedEntrants({ entrants, bracket }) {
  const current = new Map(bracket?.entrants.map((entrant) => [entrant.number, entrant]));
  return entrants
    .map((entrant) => ({ ...entrant, ...current.get(entrant.number) }))
    .sort((a, b) => orderOf(a.place) - orderOf(b.place) || orderOf(a.seed) - orderOf(b.seed) || a.number - b.number);
}

/** @param {number | null} value */
const orderOf = (value) => value ?? LAST;

/** @param {Entrant} entrant */
function row({ alias, user, host, seed, place, rating, status }) {
  const face = user ?? host;
  return html`<li class="entrant" data-status=${status}>
    <span class="entrant-seed">${seed ?? ''}</span>
    ${face ? avatar(face, FACE_SIZE) : nothing}
    <span class="entrant-text">
      <strong dir="auto">${alias}</strong>
      <span class="hint">${whoText(user, host)}${rating === null ? '' : ` · rated ${rating}`}</span>
    </span>
    <span class="entrant-state">${place ? ordinal(place) : entrantStatusName(status)}</span>
  </li>`;
}

/**
 * @param {TournamentEntrant['user']} user
 * @param {TournamentEntrant['host']} host
 */
function whoText(user, host) {
  if (host) return `at the keyboard of ${host.display_name}`;
  if (!user || user.is_deleted) return 'Deleted account';
  return html`<a href=${profileUrl(user.username)}>@${user.username}</a>`;
}
