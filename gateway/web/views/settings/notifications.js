// @ts-check
// Notification settings: which kinds are shown in the app and sent by email.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { element, section } from '../../elements/dom.js';
import { checkbox, form, selectField } from '../../elements/forms.js';
import { showToast } from '../../elements/toasts.js';
import { settingsPage } from './settings-page.js';

/**
 * @import { NotificationPreferences } from '../../api/types.js'
 * @import { Choice, FieldGroup, Values } from '../../elements/forms.js'
 * @typedef {keyof NotificationPreferences['kinds']} Kind
 */

/** @type {[Kind, string][]} */
const KINDS = [
  ['new_message', 'Messages'],
  ['friend_request', 'Friend requests'],
  ['new_friend', 'New friends'],
  ['game_invite', 'Game invites'],
  ['match_ready', 'Matches ready to start'],
  ['new_tournament', 'Tournaments'],
  ['event', 'Events'],
  ['group', 'Groups'],
  ['system', 'Announcements'],
];
/** @type {Choice[]} */
const DIGESTS = [
  ['off', 'Never'],
  ['soon', 'After 15 minutes unread'],
  ['hourly', 'At most once an hour'],
  ['daily', 'At most once a day'],
];

/** @param {import('../view-context.js').ViewContext} context */
export default async function view({ signal }) {
  const { data } = await api.get('/notifications/preferences/', { signal });
  return settingsPage(
    '/settings/notifications',
    'Notifications',
    section('How we reach you', preferencesForm(data)),
    html`<p><a href="/notifications">Back to notifications</a></p>`,
  );
}

/** @param {NotificationPreferences} preferences */
function preferencesForm(preferences) {
  const kinds = KINDS.filter(([kind]) => preferences.kinds[kind]);
  return form({
    label: 'Notification settings',
    fields: [
      kindsTable(preferences, kinds),
      selectField('digest', 'Email summary', DIGESTS, {
        value: preferences.digest,
        hint: 'What you have chosen by email comes as a summary, if you have not read it by then.',
      }),
    ],
    submit: 'Save',
    onSubmit: async ({ digest, ...checked }) => {
      const changed = Object.fromEntries(kinds.map(([kind]) => [kind, channelsOf(kind, checked)]));
      await api.put('/notifications/preferences/', { digest, kinds: { ...preferences.kinds, ...changed } });
      showToast('Saved.');
    },
  });
}

/**
 * @param {Kind} kind
 * @param {Values} checked
 */
const channelsOf = (kind, checked) => ({ in_app: checked[`${kind}.in_app`], email: checked[`${kind}.email`] });

/**
 * A table of kinds and channels.
 * @param {NotificationPreferences} preferences
 * @param {[Kind, string][]} kinds
 * @returns {FieldGroup}
 */
function kindsTable(preferences, kinds) {
  const rows = kinds.map(([kind, name]) => {
    const { in_app: inApp, email } = preferences.kinds[kind] ?? { in_app: false, email: false };
    const boxes = [
      checkbox(`${kind}.in_app`, `${name}: in the app`, { value: inApp, hiddenLabel: true }),
      checkbox(`${kind}.email`, `${name}: by email if unread`, { value: email, hiddenLabel: true }),
    ];
    return { name, boxes };
  });
  const table = element(
    html`<table class="notification-kinds">
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">Kind</span></th>
          <th scope="col">In the app</th>
          <th scope="col">By email if unread</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, boxes }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${boxes.map((box) => html`<td>${box.element}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
  return { element: table, fields: rows.flatMap(({ boxes }) => boxes) };
}
