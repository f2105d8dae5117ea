// The search for an opponent of similar strength.

import { actionButton } from '../../action-button.js';
import { fill, h } from '../../dom.js';
import { checkbox, form } from '../../forms.js';
import { formatDuration } from '../../format.js';
import { gameName } from '../../games/game-texts.js';
import { searchClock } from '../../games/search-clock.js';
import * as queueStore from '../../realtime/queue-store.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

export function randomPanel({ game, signal }) {
  const container = h('div.stack');
  let shown = null;
  queueStore.search.subscribe((search) => {
    const kind = search ? 'search' : 'form';
    if (kind === shown) return;
    shown = kind;
    const hadFocus = container.contains(document.activeElement);
    fill(container, search ? searchPanel(signal) : searchForm(game));
    if (hadFocus) container.querySelector('button')?.focus();
  }, signal);
  return container;
}

function searchForm(game) {
  return form({
    label: 'Find an opponent',
    fields: [
      checkbox('ranked', 'Ranked: the result changes your rating', { value: true }),
      foldedOptions(optionFields(game, { without: ['ranked'], allowAny: true })),
    ],
    submit: 'Find an opponent',
    onSubmit: async ({ ranked, ...values }) => queueStore.start(game.slug, { ...chosenOptions(game, values), ranked }),
  });
}

function searchPanel(signal) {
  const details = h('dl.facts', { role: 'status' });
  const problem = h('p.alert', { role: 'alert', hidden: true });
  const title = h('p.overlay-title');
  queueStore.search.subscribe((search) => {
    if (!search) return;
    title.textContent = `Looking for an opponent in ${gameName(search.game)}…`;
    problem.hidden = !search.error;
    problem.textContent = search.error ?? '';
    fill(details, facts(search).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
  }, signal);
  return [title, h('p.search-clock', {}, searchClock(signal)), details, problem,
    h('p.hint', {}, 'You can look around meanwhile. The match opens by itself.'),
    h('div.actions', {}, actionButton('Cancel', () => queueStore.cancel(), { name: 'Stop looking' }))];
}

function facts({ band, others, estimate, paused }) {
  return [
    band && ['Ratings', `${Math.round(band[0])} to ${Math.round(band[1])}`],
    others !== undefined && ['Others looking', String(others)],
    estimate !== null && estimate !== undefined && ['Usual wait', formatDuration(Math.round(estimate))],
    paused && ['Status', 'Matchmaking is paused for a moment'],
  ].filter(Boolean);
}
