// @ts-check
// Tournaments to enter and to watch, those of the user, and those that are over.

import { api } from '../../api/client.js';
import { heading } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { icon } from '../../elements/icon.js';
import { pageOf, pager } from '../../elements/pager.js';
import { elementOf } from '../../elements/template-parts.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, ifDefined, nothing } from '../../vendor/lit.js';
import { tournamentList } from './tournament-list.js';

/** @import { Tournament, ViewContext } from './types.js' */
/** @typedef {{ title: string, query: string }} Part */
/** @typedef {{ key: string, label: string, parts: Part[], empty: string }} Show */
/** @typedef {Part & { tournaments: Tournament[], total: number }} LoadedPart */

const PAGE_SIZE = 20;
/** Where a show has several parts, each shows so many and leads to the rest. */
const PART_SIZE = 5;
/** @type {Show} */
const OPEN = {
  key: 'open',
  label: 'Open',
  parts: [
    { title: 'Check-in', query: 'status=check_in' },
    { title: 'Registration open', query: 'status=registration' },
  ],
  empty: 'No tournament is open right now.',
};
/** @type {Show[]} */
const SHOWS = [
  OPEN,
  {
    key: 'running',
    label: 'Running',
    parts: [
      { title: 'Running', query: 'status=running' },
      { title: 'Paused', query: 'status=paused' },
    ],
    empty: 'No tournament is being played right now.',
  },
  {
    key: 'mine',
    label: 'Mine',
    parts: [
      { title: 'You are invited', query: 'invited=true' },
      { title: 'You play', query: 'enters=true' },
      { title: 'You organize', query: 'organizes=true' },
    ],
    empty: 'You have not been in a tournament yet.',
  },
  {
    key: 'finished',
    label: 'Finished',
    parts: [{ title: 'Finished', query: 'status=finished' }],
    empty: 'No tournament has been played yet.',
  },
];

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  const show = SHOWS.find(({ key }) => key === query.get('show')) ?? OPEN;
  const only = show.parts.find((part) => part.query === query.get('part')) ?? null;
  const page = pageOf(query);
  const [parts] = await Promise.all([
    Promise.all((only ? [only] : show.parts).map((part) => load(part, { show, only, page }, signal))),
    loadStyles('/styles/games.css'),
    loadStyles('/styles/inbox.css'),
    loadStyles('/styles/tournaments.css'),
  ]);
  return {
    title: 'Tournaments',
    content: html`<div class="view-head">
        ${heading('Tournaments')}
        <a class="button primary" href="/tournaments/new">${icon('plus')}Create tournament</a>
      </div>
      <nav class="inbox-tabs" aria-label="Tournaments">${SHOWS.map((one) => tab(one, show))}</nav>
      ${content(show, parts, { only, page })}`,
  };
}

/**
 * @param {Show} one
 * @param {Show} current
 */
const tab = ({ key, label }, current) =>
  html`<a href="/tournaments?show=${key}" aria-current=${ifDefined(key === current.key ? 'page' : undefined)}
    >${label}</a
  >`;

/**
 * @param {Part} part
 * @param {{ show: Show, only: Part | null, page: number }} choice
 * @param {AbortSignal} signal
 * @returns {Promise<LoadedPart>}
 */
async function load(part, { show, only, page }, signal) {
  const isWhole = only !== null || show.parts.length === 1;
  const size = isWhole ? PAGE_SIZE : PART_SIZE;
  const { data, meta } = await api.get(`/tournaments/?${part.query}&limit=${size}&page=${isWhole ? page : 1}`, {
    signal,
  });
  return { ...part, tournaments: data, total: meta.total };
}

/**
 * @param {Show} show
 * @param {LoadedPart[]} parts
 * @param {{ only: Part | null, page: number }} choice
 */
function content(show, parts, { only, page }) {
  const filled = parts.filter(({ tournaments }) => tournaments.length > 0);
  if (!filled.length) return nothingThere(show);
  const isWhole = only !== null || show.parts.length === 1;
  return filled.map(
    (part) =>
      html`<section class="card" aria-label=${part.title}>
        ${show.parts.length > 1 ? html`<h2>${part.title}</h2>` : nothing} ${tournamentList(part.tournaments)}
        ${isWhole ? pager({ page, pageSize: PAGE_SIZE, total: part.total }, addressOf(show, only), 'tournaments') : more(show, part)}
      </section>`,
  );
}

/**
 * @param {Show} show
 * @param {Part | null} only
 */
const addressOf = (show, only) => (/** @type {number} */ page) => {
  const query = new URLSearchParams({
    show: show.key,
    ...(only ? { part: only.query } : {}),
    ...(page > 1 ? { page: String(page) } : {}),
  });
  return `/tournaments?${query}`;
};

/**
 * @param {Show} show
 * @param {LoadedPart} part
 */
const more = (show, part) =>
  part.total > part.tournaments.length
    ? html`<p><a href=${addressOf(show, part)(1)}>All ${part.total}</a></p>`
    : nothing;

/** @param {Show} show */
const nothingThere = ({ empty }) =>
  html`<div class="card">
    ${emptyState('trophy', empty, [
      elementOf(html`<a class="button primary" href="/tournaments/new">Create one</a>`),
      elementOf(html`<a class="button" href="/play?opponent=cup">Play a cup at one keyboard</a>`),
    ])}
  </div>`;
