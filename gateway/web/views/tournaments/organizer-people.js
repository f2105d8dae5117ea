// @ts-check
// Whom organizers invite, name as co-organizers, and take out.

import { api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { actionButton } from '../../elements/action-button.js';
import { openDialog } from '../../elements/dialogs.js';
import { form, textArea, textField } from '../../elements/forms.js';
import { friendPicker } from '../../elements/friend-picker.js';
import { personRow } from '../../elements/person-row.js';
import { showError, showToast } from '../../elements/toasts.js';
import { html, nothing, repeat } from '../../vendor/lit.js';
import { sortedEntrants } from './entrants.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext } from './types.js'
 */

const MAX_REASON_LENGTH = 500;
const GONE = ['withdrawn', 'disqualified'];

/** @param {PartContext} context */
export const inviteButton = (context) => actionButton('Invite', () => openInvitation(context));

/** @param {PartContext} context */
function openInvitation({ open }) {
  const invite = async (/** @type {string} */ username, /** @type {string} */ name) => {
    await api.post(`/tournaments/${open.id}/invite/`, { usernames: [username] });
    showToast(`${name} is invited.`);
  };
  return openDialog('Invite', () => [
    friendPicker(({ username, display_name: name }) => {
      invite(username, name).catch(showError);
    }),
    form({
      label: 'Invite by username',
      fields: [usernameField('Or a username')],
      submit: 'Invite',
      onSubmit: ({ username }) => invite(nameIn(username), nameIn(username)),
    }),
  ]);
}

/** @param {string} label */
const usernameField = (label) =>
  textField('username', label, { required: true, maxlength: 60, autocomplete: 'off', spellcheck: 'false' });

/** @param {string} text */
const nameIn = (text) => text.trim().replace(/^@/, '');

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
export function coOrganizers({ tournament }, { open }) {
  if (tournament.organizer.id !== session.profile?.id) return nothing;
  const path = /** @type {const} */ (`/tournaments/${open.id}/co-organizers/`);
  const remove = (/** @type {string} */ username) => async () => {
    await api.remove(`${path}${encodeURIComponent(username)}/`);
    await open.load();
  };
  return html`<section class="card inline-form" aria-labelledby="co-organizers">
    <h2 id="co-organizers">Co-organizers</h2>
    <ul class="rows">
      ${tournament.co_organizers.map((user) =>
        personRow(user, {
          actions: actionButton('Remove', remove(user.username), { name: `Remove ${user.display_name}` }),
        }),
      )}
    </ul>
    ${form({
      label: 'Add a co-organizer',
      fields: [usernameField('Username')],
      submit: 'Add',
      onSubmit: async ({ username }) => {
        await api.post(path, { username: nameIn(username) });
        await open.load();
      },
    })}
  </section>`;
}

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
export function entrantsToRemove(known, context) {
  const { status } = known.tournament;
  const entrants = sortedEntrants(known).filter((entrant) => !GONE.includes(entrant.status));
  if (!entrants.length || status === 'finished' || status === 'canceled') return nothing;
  return html`<details class="options card">
    <summary>Disqualify an entrant</summary>
    <ul class="rows">
      ${repeat(
        entrants,
        ({ number }) => number,
        ({ number, alias }) =>
          html`<li class="row">
            <div><strong dir="auto">${alias}</strong></div>
            <div class="row-actions">${disqualifyButton(number, alias, context)}</div>
          </li>`,
      )}
    </ul>
  </details>`;
}

/**
 * @param {number} number
 * @param {string} alias
 * @param {PartContext} context
 */
function disqualifyButton(number, alias, { open }) {
  const ask = () =>
    openDialog(`Disqualify ${alias}?`, (/** @type {(result: null) => void} */ done) =>
      form({
        label: 'Disqualify',
        danger: true,
        fields: [textArea('reason', 'Reason', { required: true, maxlength: MAX_REASON_LENGTH })],
        submit: 'Disqualify',
        onSubmit: async ({ reason }) => {
          await api.post(`/tournaments/${open.id}/entrants/${number}/disqualify/`, { reason });
          done(null);
          await open.load();
        },
      }),
    );
  return actionButton('Disqualify', ask, { variant: 'danger', name: `Disqualify ${alias}` });
}
