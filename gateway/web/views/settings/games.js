// @ts-check
// Game settings: the computer opponent and the look of Pong.

import { api } from '../../api/client.js';
import { h, section } from '../../elements/dom.js';
import { checkbox, choiceList, form, selectField, textField } from '../../elements/forms.js';
import { showToast } from '../../elements/toasts.js';
import { courtPreview } from './court-preview.js';
import { settingsPage } from './settings-page.js';

/**
 * @import { AiLevel, AiSettings } from '../../api/types.js'
 * @import { Choice, Values } from '../../elements/forms.js'
 * @import { Look } from './court-preview.js'
 * @typedef {Record<string, unknown>} Preferences
 */

/** @type {[value: string, text: string, hint: string][]} */
const LEVELS = [
  ['beginner', 'Beginner', 'Reacts late and misses a lot. Good for the first rallies.'],
  ['easy', 'Easy', 'Returns most balls, but rarely surprises.'],
  ['medium', 'Medium', 'Places its shots. A fair match for most.'],
  ['hard', 'Hard', 'Quick and precise. You will have to move it around.'],
  ['expert', 'Expert', 'Makes you earn every point.'],
  ['adaptive', 'Match my level', 'Gets stronger when you win, and weaker when you lose.'],
];
/** @type {Choice[]} */
const COURTS = [
  ['lawn', 'Lawn'],
  ['clay', 'Clay'],
  ['night', 'Night'],
  ['plain', 'Plain'],
];
/** @type {Look & { sound: boolean }} The default look of Pong, which the landing page shows. */
const DEFAULT_LOOK = { background: 'lawn', paddle: '#ffffff', ball: '#ffd34d', sound: true };

/** @param {import('../view-context.js').ViewContext} context */
export default async function view({ signal }) {
  const [settings, preferences] = await Promise.all([
    api.get('/users/profile/ai-settings/', { signal }),
    api.get('/users/profile/preferences/', { signal }),
  ]);
  return settingsPage(
    '/settings/games',
    'Games',
    section('Computer opponent', computerForm(settings.data)),
    section('Look of Pong', pongForm({ ...preferences.data }, signal)),
  );
}

/** @param {AiSettings} settings */
function computerForm(settings) {
  let latest = settings.level;
  return form({
    label: 'Computer opponent',
    fields: [
      choiceList('level', 'Level', LEVELS, settings.adaptive ? 'adaptive' : settings.level),
      fineTuning(settings),
    ],
    submit: 'Save',
    onSubmit: async (values) => {
      const { data } = await api.put('/users/profile/ai-settings/', computerSettings(values, latest));
      latest = data.level;
      showToast('Saved.');
    },
  });
}

/**
 * @param {Values} values
 * @param {AiLevel} latest The level that stays while the computer follows the user's.
 * @returns {AiSettings}
 */
function computerSettings({ level, reaction_ms: reaction, accuracy }, latest) {
  const adaptive = level === 'adaptive';
  /** @param {string} text */
  const toNumber = (text) => (text === '' ? null : Number(text));
  return {
    level: adaptive ? latest : level,
    reaction_ms: toNumber(reaction),
    accuracy: toNumber(accuracy),
    adaptive,
  };
}

/**
 * Numbers that replace those of the level, folded away unless there are any.
 * @param {AiSettings} settings
 */
function fineTuning({ reaction_ms: reaction, accuracy }) {
  const fields = [
    numberField('reaction_ms', 'Reaction time (ms)', reaction, 1000),
    numberField('accuracy', 'Accuracy (%)', accuracy, 100),
  ];
  const isUsed = reaction !== null || accuracy !== null;
  const element = h(
    'details.fine-tuning',
    { open: isUsed },
    h('summary', {}, 'Fine tuning'),
    h(
      'div.options-grid',
      {},
      fields.map((field) => field.element),
    ),
  );
  return { element, fields };
}

/**
 * @param {string} name
 * @param {string} label
 * @param {number | null} value
 * @param {number} max
 */
const numberField = (name, label, value, max) =>
  textField(name, label, {
    type: 'number',
    min: 0,
    max,
    inputmode: 'numeric',
    value: value === null ? '' : String(value),
    hint: `0 to ${max}. Empty: use the level’s value.`,
  });

/**
 * @param {Preferences} preferences
 * @param {AbortSignal} signal
 */
function pongForm(preferences, signal) {
  const pong = { ...DEFAULT_LOOK, ...(isObject(preferences.pong) ? preferences.pong : {}) };
  const preview = courtPreview(pong, signal);
  const fields = [
    selectField('background', 'Court', COURTS, { value: pong.background }),
    textField('paddle', 'Your paddle', { type: 'color', value: pong.paddle }),
    textField('ball', 'Ball', { type: 'color', value: pong.ball }),
    checkbox('sound', 'Sound', { value: pong.sound }),
  ];
  const values = () => Object.fromEntries(fields.map((field) => [field.name, field.read()]));
  const [background, paddle, ball, sound] = fields.map((field) => field.element);
  const element = h(
    'div.pong-look',
    { oninput: () => preview.update({ ...pong, ...values() }) },
    preview.element,
    h('div.stack', {}, background, h('div.color-fields', {}, paddle, ball), sound),
  );
  return form({
    label: 'Look of Pong',
    fields: [{ element, fields }],
    submit: 'Save look',
    onSubmit: async (chosen) => {
      // The other preferences belong to other games and apps.
      await api.put('/users/profile/preferences/', { ...preferences, pong: { ...pong, ...chosen } });
      showToast('Saved.');
    },
  });
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
