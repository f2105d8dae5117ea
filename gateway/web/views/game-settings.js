// How games look, and how the computer plays against one.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { choice, form, lines, text, tick } from '../forms.js';
import { tell } from '../notices.js';
import { open } from '../router.js';

const LEVELS = [['beginner', 'Beginner'], ['easy', 'Easy'], ['medium', 'Medium'], ['hard', 'Hard'], ['expert', 'Expert']];
const COURTS = [['lawn', 'Lawn'], ['clay', 'Clay'], ['night', 'Night'], ['plain', 'Plain']];
/** How Pong looks unless somebody says otherwise; the start page shows it. */
const USUAL = { background: 'lawn', paddle: '#ffffff', ball: '#ffd34d', sound: true };

export default async function view({ signal }) {
  const [settings, preferences] = await Promise.all(
    ['ai-settings', 'preferences'].map((part) => api.get(`/users/profile/${part}/`, { signal })));
  const kept = { ...preferences.data };
  const raw = lines('preferences', 'Everything, as JSON', { value: written(kept), spellcheck: 'false', hint: 'For other clients and games, too. At most 16 KiB.' });
  return page('Games',
    section('The computer', computerForm(settings.data)),
    section('How Pong looks', pongForm(kept, raw)),
    section('All preferences', rawForm(kept, raw)));
}

function computerForm(settings) {
  const given = (value) => (value === null ? '' : String(value));
  const number = (name, label, max, hint) => text(name, label, { type: 'number', min: 0, max, inputmode: 'numeric', value: given(settings[name]), hint });
  return form({
    label: 'The computer',
    fields: [
      choice('level', 'How strong it plays', LEVELS, { value: settings.level }),
      number('reaction_ms', 'How late it sees the ball, in milliseconds', 1000, 'From 0 to 1000. Left empty, as its level does.'),
      number('accuracy', 'How well it aims, in percent', 100, 'From 0 to 100. Left empty, as its level does.'),
      tick('adaptive', 'It plays as well as I do', { value: settings.adaptive }),
    ],
    submit: 'Save the computer',
    run: async ({ level, reaction_ms, accuracy, adaptive }) => {
      const read = (typed) => (typed === '' ? null : Number(typed));
      await api.put('/users/profile/ai-settings/', { level, reaction_ms: read(reaction_ms), accuracy: read(accuracy), adaptive });
      tell('Saved.');
    },
  });
}

function pongForm(kept, raw) {
  const look = { ...USUAL, ...(isObject(kept.pong) ? kept.pong : {}) };
  const colour = (name, label) => text(name, label, { type: 'color', value: look[name] });
  return form({
    label: 'How Pong looks',
    fields: [
      choice('background', 'Court', COURTS, { value: look.background }),
      colour('paddle', 'Your paddle'),
      colour('ball', 'The ball'),
      tick('sound', 'With sound', { value: look.sound !== false }),
    ],
    submit: 'Save the look',
    run: async (values) => save(kept, { ...kept, pong: { ...look, ...values } }, raw),
  });
}

function rawForm(kept, raw) {
  return form({
    label: 'All preferences',
    fields: [h('p.hint', {}, 'Whatever a game or another client keeps for you.'), raw],
    submit: 'Save all',
    run: async ({ preferences }) => {
      const wanted = parsed(preferences);
      if (!wanted) {
        raw.fail('This is no JSON object.');
        return raw.input.focus();
      }
      await save(kept, wanted, raw);
      return open();
    },
  });
}

/** Keeps what was there beside what changed; `kept` is what all forms of this page go by. */
async function save(kept, wanted, raw) {
  const { data } = await api.put('/users/profile/preferences/', wanted);
  for (const name of Object.keys(kept)) delete kept[name];
  Object.assign(kept, data);
  raw.input.value = written(kept);
  tell('Saved.');
}

const written = (value) => JSON.stringify(value, null, 2);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(typed) {
  try {
    const value = JSON.parse(typed);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
