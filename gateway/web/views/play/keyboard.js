// @ts-check
// Two players at one keyboard.

import { ApiError, api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { readSetting, writeSetting } from '../../api/storage.js';
import { form, textField } from '../../elements/forms.js';
import { elementOf } from '../../elements/template-parts.js';
import { navigate } from '../../shell/router.js';
import { html } from '../../vendor/lit.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

/** @import { ChosenOptions, OpponentPanel } from './types.js' */

const MAX_NAME_LENGTH = 24;
/** The name of the second player at this device, the last time. */
const GUEST_SETTING = 'second-player';

/** @type {OpponentPanel} */
export async function keyboardPanel({ game }) {
  const isPong = game.slug === 'pong';
  const hint = isPong
    ? 'The left player uses W and S, the right one ↑ and ↓. On a touch screen, each drags on their half.'
    : 'Take turns.';
  const first = nameField('first', isPong ? 'Left player' : 'First player (X)', ownName());
  const second = nameField(
    'second',
    isPong ? 'Right player' : 'Second player (O)',
    readSetting(GUEST_SETTING) ?? 'Guest',
  );
  const names = elementOf(
    html`<div class="two-names">${first.element}<span class="versus">vs</span>${second.element}</div>`,
  );
  return form({
    label: 'Play at one keyboard',
    fields: [
      { fields: [first, second], element: names },
      elementOf(html`<p class="hint">${hint}</p>`),
      foldedOptions(optionFields(game, { without: ['ranked'] })),
    ],
    submit: 'Start',
    onSubmit: async ({ first: one, second: other, ...values }) => {
      await start(game.slug, [one.trim(), other.trim()], chosenOptions(game, values));
    },
  });
}

/**
 * @param {string} game
 * @param {[string, string]} players
 * @param {ChosenOptions} options
 */
async function start(game, players, options) {
  try {
    const { data } = await api.post(`/games/${game}/local/`, { players, options });
    writeSetting(GUEST_SETTING, players[1]);
    await navigate(`/matches/${data.id}`);
  } catch (error) {
    // The form has a field for each name.
    if (error instanceof ApiError && error.fields.players) error.fields = { second: error.fields.players };
    throw error;
  }
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} value
 */
const nameField = (name, label, value) =>
  textField(name, label, {
    value,
    required: true,
    maxlength: MAX_NAME_LENGTH,
    autocomplete: 'off',
    autocapitalize: 'words',
  });

const ownName = () => [...(session.profile?.display_name ?? '')].slice(0, MAX_NAME_LENGTH).join('');
