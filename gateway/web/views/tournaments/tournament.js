// @ts-check
// The page of a tournament: its state, bracket or table, entrants, results, and what its organizers do.

import { tabList } from '../../elements/tabs.js';
import { elementOf } from '../../elements/template-parts.js';
import { friendPickerReady } from '../../elements/friend-picker.js';
import { createSignal } from '../../live/signal.js';
import { OpenTournament } from '../../live/open-tournament.js';
import { replaceAddress } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, render } from '../../vendor/lit.js';
import { auditList } from './audit.js';
import { bracketView } from './bracket.js';
import { entrantList } from './entrants.js';
import { entryPanel } from './entry-panel.js';
import { organizerPanel } from './organizer-panel.js';
import { recapList } from './recap.js';
import { roundsView } from './rounds.js';
import { settingsList } from './settings-list.js';
import { scoreTable } from './score-table.js';
import { tournamentHeader } from './tournament-header.js';
import { tournamentUrl } from './tournament-texts.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { Tab } from '../../elements/tabs.js'
 * @import { PartContext, ViewContext } from './types.js'
 */
/** @typedef {Tab & { isThere: (known: KnownTournament) => boolean, content: (context: PartContext) => unknown }} Part */

const TABLE_FORMATS = ['round_robin', 'swiss'];
const hasTable = (/** @type {KnownTournament} */ { tournament }) => TABLE_FORMATS.includes(tournament.format);
const hasBegun = (/** @type {KnownTournament} */ { bracket }) => Boolean(bracket?.slots.length);

/** @type {Part[]} */
const PARTS = [
  { key: 'bracket', label: 'Bracket', isThere: (known) => hasBegun(known) && !hasTable(known), content: bracketView },
  {
    key: 'table',
    label: 'Standings',
    isThere: (known) => hasBegun(known) && hasTable(known),
    content: scoreTable,
  },
  { key: 'rounds', label: 'Rounds', isThere: (known) => hasBegun(known) && hasTable(known), content: roundsView },
  { key: 'entrants', label: 'Entrants', isThere: () => true, content: entrantList },
  { key: 'matches', label: 'Results', isThere: hasBegun, content: recapList },
  { key: 'about', label: 'Rules', isThere: () => true, content: settingsList },
  { key: 'organize', label: 'Organize', isThere: ({ tournament }) => tournament.is_organizer, content: organizerPanel },
  { key: 'audit', label: 'Audit trail', isThere: maySeeAudit, content: auditList },
];

/** @param {KnownTournament} known */
function maySeeAudit({ tournament, bracket }) {
  const isEntrant = tournament.own_entries.length > 0;
  return tournament.is_organizer || (isEntrant && bracket !== null);
}

/** @param {ViewContext} context */
export default async function view({ params, query, signal }) {
  const open = new OpenTournament(params.id ?? '', signal);
  await Promise.all([
    open.ready(),
    friendPickerReady(),
    loadStyles('/styles/games.css'),
    loadStyles('/styles/tournaments.css'),
  ]);
  const context = { open, signal };
  return {
    title: open.known.value?.tournament.name ?? '',
    content: html`<div class="tournament">
      ${tournamentHeader(context)} ${entryPanel(context)} ${parts(context, query.get('show'))}
    </div>`,
  };
}

/**
 * The parts as tabs; there are more once the tournament has started.
 * @param {PartContext} context
 * @param {string | null} wanted
 */
function parts({ open, signal }, wanted) {
  const current = createSignal(wanted ?? '');
  const tabs = tabList('Tournament', (key) => {
    current.set(key);
    replaceAddress(`${tournamentUrl(open.id)}?show=${key}`);
    update();
  });
  let shown = { key: '', end: new AbortController() };
  const update = () => {
    const { known } = open;
    if (!known.value) return;
    const there = PARTS.filter(({ isThere }) => known.value && isThere(known.value));
    const part = there.find(({ key }) => key === current.value) ?? there[0];
    if (!part) return;
    tabs.update(
      there.map((one) => withCount(one, known.value)),
      part.key,
    );
    if (part.key === shown.key) return;
    shown.end.abort();
    shown = { key: part.key, end: new AbortController() };
    const content = elementOf(html`<div class="stack"></div>`);
    tabs.panel.replaceChildren(content);
    render(part.content({ open, signal: AbortSignal.any([signal, shown.end.signal]) }), content);
  };
  open.known.subscribe(update, signal);
  return html`${tabs.element}${tabs.panel}`;
}

/**
 * @param {Part} part
 * @param {KnownTournament | null} known
 * @returns {Tab}
 */
function withCount({ key, label }, known) {
  const disputes = key === 'organize' ? (known?.bracket?.slots.filter(({ disputed }) => disputed).length ?? 0) : 0;
  return { key, label, count: disputes };
}
