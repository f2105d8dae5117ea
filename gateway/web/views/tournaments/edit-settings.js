// @ts-check
// Changes the settings of a tournament; once it has started, only its name and description.

import { api } from '../../api/client.js';
import { checkbox, form, selectField, textArea, textField } from '../../elements/forms.js';
import { showToast } from '../../elements/toasts.js';
import { isBeforeStart } from '../../live/tournament-changes.js';
import { html } from '../../vendor/lit.js';
import { instantOf, localTimeOf } from './tournament-settings.js';
import { SEEDINGS, VISIBILITIES } from './tournament-texts.js';

/**
 * @import { Field } from '../../elements/forms.js'
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext, Tournament } from './types.js'
 */

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
export function editSettings({ tournament }, { open }) {
  const canChangeAll = isBeforeStart(tournament);
  return html`<details class="options card">
    <summary>Settings</summary>
    ${form({
      label: 'Settings',
      fields: [...textFields(tournament), ...(canChangeAll ? openFields(tournament) : [])],
      submit: 'Save',
      onSubmit: async ({ name, description, ...rest }) => {
        const changes = { name, description, ...(canChangeAll ? openChanges(rest) : {}) };
        await api.patch(`/tournaments/${open.id}/`, changes);
        await open.load();
        showToast('Saved.');
      },
    })}
  </details>`;
}

/**
 * @param {Tournament} tournament
 * @returns {Field[]}
 */
const textFields = ({ name, description }) => [
  textField('name', 'Name', { value: name, required: true, maxlength: 60, autocapitalize: 'words' }),
  textArea('description', 'Description', { value: description, maxlength: 2000 }),
];

/**
 * @param {Tournament} tournament
 * @returns {Field[]}
 */
const openFields = ({ capacity, starts_at: startsAt, visibility, seeding, start_when_full: startWhenFull }) => [
  textField('capacity', 'Entrants, at most', {
    type: 'number',
    value: String(capacity),
    min: 2,
    max: 1024,
    required: true,
  }),
  textField('starts_at', 'Starts', {
    type: 'datetime-local',
    value: localTimeOf(startsAt),
    hint: 'Empty: you start it.',
  }),
  selectField(
    'visibility',
    'Who can take part',
    VISIBILITIES.map(([key, name]) => [key, name]),
    { value: visibility },
  ),
  selectField('seeding', 'Seeding', SEEDINGS, { value: seeding }),
  checkbox('start_when_full', 'Start when the last place is taken', { value: startWhenFull }),
];

/** @param {Record<string, any>} values */
const openChanges = ({ capacity, starts_at: startsAt, visibility, seeding, start_when_full: startWhenFull }) => ({
  capacity: Number(capacity),
  starts_at: instantOf(startsAt),
  visibility,
  seeding,
  start_when_full: startWhenFull,
});
