// Game settings: the computer opponent, the look of Pong, and all preferences as JSON.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { checkbox, form, selectField, textArea, textField } from '../forms.js';
import { openCurrentView } from '../router.js';
import { showToast } from '../toasts.js';

const LEVELS = [['beginner', 'Beginner'], ['easy', 'Easy'], ['medium', 'Medium'], ['hard', 'Hard'], ['expert', 'Expert']];
const COURTS = [['lawn', 'Lawn'], ['clay', 'Clay'], ['night', 'Night'], ['plain', 'Plain']];
/** The default look of Pong, which the landing page shows. */
const DEFAULT_LOOK = { background: 'lawn', paddle: '#ffffff', ball: '#ffd34d', sound: true };

export default async function view({ signal }) {
  const [settings, response] = await Promise.all(
    ['ai-settings', 'preferences'].map((part) => api.get(`/users/profile/${part}/`, { signal })));
  const preferences = { ...response.data };
  const raw = textArea('preferences', 'Preferences as JSON', { value: toJson(preferences), spellcheck: 'false', hint: 'Shared by all games and apps. At most 16 KiB.' });
  return page('Games',
    section('Computer opponent', computerForm(settings.data)),
    section('Pong', pongForm(preferences, raw)),
    section('All preferences', rawForm(preferences, raw)));
}

function computerForm(settings) {
  const toText = (value) => (value === null ? '' : String(value));
  const numberField = (name, label, max, hint) => textField(name, label, { type: 'number', min: 0, max, inputmode: 'numeric', value: toText(settings[name]), hint });
  return form({
    label: 'Computer opponent',
    fields: [
      selectField('level', 'Level', LEVELS, { value: settings.level }),
      numberField('reaction_ms', 'Reaction time (ms)', 1000, '0 to 1000. Empty: use the level’s value.'),
      numberField('accuracy', 'Accuracy (%)', 100, '0 to 100. Empty: use the level’s value.'),
      checkbox('adaptive', 'Match my level', { value: settings.adaptive }),
    ],
    submit: 'Save',
    onSubmit: async ({ level, reaction_ms, accuracy, adaptive }) => {
      const toNumber = (text) => (text === '' ? null : Number(text));
      await api.put('/users/profile/ai-settings/', { level, reaction_ms: toNumber(reaction_ms), accuracy: toNumber(accuracy), adaptive });
      showToast('Saved.');
    },
  });
}

function pongForm(preferences, raw) {
  const appearance = { ...DEFAULT_LOOK, ...(isObject(preferences.pong) ? preferences.pong : {}) };
  const colorField = (name, label) => textField(name, label, { type: 'color', value: appearance[name] });
  return form({
    label: 'Pong',
    fields: [
      selectField('background', 'Court', COURTS, { value: appearance.background }),
      colorField('paddle', 'Your paddle'),
      colorField('ball', 'Ball'),
      checkbox('sound', 'Sound', { value: appearance.sound !== false }),
    ],
    submit: 'Save look',
    onSubmit: async (values) => save(preferences, { ...preferences, pong: { ...appearance, ...values } }, raw),
  });
}

function rawForm(preferences, raw) {
  return form({
    label: 'All preferences',
    fields: [h('p.hint', {}, 'Everything that games and other apps store for you.'), raw],
    submit: 'Save all',
    onSubmit: async ({ preferences: text }) => {
      const next = parseObject(text);
      if (!next) {
        raw.setError('This is not a JSON object.');
        return raw.input.focus();
      }
      await save(preferences, next, raw);
      return openCurrentView();
    },
  });
}

/** Saves all preferences and updates `preferences`, which the forms of this page share. */
async function save(preferences, next, raw) {
  const { data } = await api.put('/users/profile/preferences/', next);
  for (const name of Object.keys(preferences)) delete preferences[name];
  Object.assign(preferences, data);
  raw.input.value = toJson(preferences);
  showToast('Saved.');
}

const toJson = (value) => JSON.stringify(value, null, 2);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
