// @ts-check
// Creates a tournament.

import { api } from '../../api/client.js';
import { heading } from '../../elements/dom.js';
import { checkbox, choiceList, form, selectField, textArea, textField } from '../../elements/forms.js';
import { elementOf } from '../../elements/template-parts.js';
import { navigate } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html } from '../../vendor/lit.js';
import { chosenOptions, foldedOptions, optionFields } from '../play/game-options.js';
import { FORMATS, SEEDINGS, tournamentUrl, VISIBILITIES } from './tournament-texts.js';
import { settingsFrom } from './tournament-settings.js';

/** @import { Field, FieldGroup } from '../../elements/forms.js' */
/** @import { Game, ViewContext } from './types.js' */

const SIZES = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
const CHECK_INS = [0, 5, 10, 15, 30, 60];

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  const [{ data: games }] = await Promise.all([
    api.get('/games/', { signal }),
    loadStyles('/styles/games.css'),
    loadStyles('/styles/settings.css'),
    loadStyles('/styles/tournaments.css'),
  ]);
  const content = elementOf(html`<div class="stack"></div>`);
  const chosen = games.find(({ slug }) => slug === query.get('game')) ?? games[0];
  if (!chosen) throw new Error('The catalogue is empty.');
  const show = (/** @type {Game} */ game) => content.replaceChildren(createForm(games, game, show));
  show(chosen);
  return {
    title: 'Create tournament',
    content: html`${heading('Create tournament')}
      <div class="card">${content}</div>`,
  };
}

/**
 * @param {Game[]} games
 * @param {Game} game
 * @param {(game: Game) => void} changeGame
 */
function createForm(games, game, changeGame) {
  const gameField = selectField(
    'game',
    'Game',
    games.map(({ slug, title }) => [slug, title]),
    { value: game.slug },
  );
  gameField.input.addEventListener('change', () => {
    const next = games.find(({ slug }) => slug === gameField.input.value);
    if (next) changeGame(next);
  });
  const format = choiceList('format', 'Format', FORMATS, 'single_elimination');
  const more = moreFields();
  showFitting(format, more);
  return form({
    label: 'Create tournament',
    fields: [
      textField('name', 'Name', { required: true, maxlength: 60, autocapitalize: 'words', autocomplete: 'off' }),
      gameField,
      format,
      sizeAndStart(),
      choiceList('visibility', 'Who can take part', VISIBILITIES, 'friends'),
      folded('More settings', 'Seeding, check-in and more', more),
      foldedOptions(optionFields(game, { without: ['ranked'] })),
    ],
    submit: 'Create tournament',
    onSubmit: async (values) => {
      const options = chosenOptions(game, values);
      const { data } = await api.post('/tournaments/', { ...settingsFrom(values), game: game.slug, options });
      await navigate(tournamentUrl(data.id));
    },
  });
}

/** @returns {FieldGroup} */
function sizeAndStart() {
  const fields = [
    selectField(
      'capacity',
      'Entrants, at most',
      SIZES.map(String).map((size) => [size, size]),
      { value: '16' },
    ),
    textField('starts_at', 'Starts', { type: 'datetime-local', hint: 'Empty: you start it.' }),
  ];
  return { fields, element: elementOf(html`<div class="options-grid">${fields.map(({ element }) => element)}</div>`) };
}

/** @returns {Field[]} */
const moreFields = () => [
  textArea('description', 'Description', { maxlength: 2000 }),
  selectField('seeding', 'Seeding', SEEDINGS, { value: 'rating', hint: 'Who meets whom first.' }),
  selectField(
    'check_in_minutes',
    'Check-in before the start',
    CHECK_INS.map((minutes) => [String(minutes), minutes ? `${minutes} minutes` : 'None']),
    { value: '15', hint: 'Only with a start time.' },
  ),
  selectField(
    'legs',
    'Each two meet',
    [
      ['1', 'Once'],
      ['2', 'Twice'],
    ],
    { value: '1' },
  ),
  checkbox('play_off', 'Play-off if the first place is shared'),
  selectField('rounds', 'Rounds', roundChoices(), { value: '' }),
  checkbox('third_place', 'Match for the third place', { value: true }),
  checkbox('start_when_full', 'Start when the last place is taken'),
  checkbox('draft', 'Only organizers see it until I open it'),
];

/** @returns {[string, string][]} */
const roundChoices = () => [
  ['', 'As many as fit the entrants'],
  .../** @type {[string, string][]} */ (
    Array.from({ length: 13 }, (_, index) => [String(index + 3), String(index + 3)])
  ),
];

/** The formats that a field belongs to. @type {Record<string, string>} */
const FORMAT_OF = { legs: 'round_robin', play_off: 'round_robin', rounds: 'swiss', third_place: 'single_elimination' };

/**
 * Shows the fields of the chosen format only.
 * @param {Field} format
 * @param {Field[]} fields
 */
function showFitting(format, fields) {
  const update = () => {
    for (const { name, element } of fields) element.hidden = name in FORMAT_OF && FORMAT_OF[name] !== format.read();
  };
  format.element.addEventListener('change', update);
  update();
}

/**
 * @param {string} title
 * @param {string} hint
 * @param {Field[]} fields
 * @returns {FieldGroup}
 */
const folded = (title, hint, fields) => ({
  fields,
  element: elementOf(
    html`<details class="options">
      <summary>${title}<span class="hint">${hint}</span></summary>
      <div class="options-grid">${fields.map(({ element }) => element)}</div>
    </details>`,
  ),
});
