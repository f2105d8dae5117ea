// @ts-check
// Practice against the computer.

import { api } from '../../api/client.js';
import { readSetting, writeSetting } from '../../api/storage.js';
import { form, segmentedControl } from '../../elements/forms.js';
import { elementOf } from '../../elements/template-parts.js';
import { levelName, levelText } from '../../games/game-texts.js';
import { navigate } from '../../shell/router.js';
import { createRef, html, ref, render } from '../../vendor/lit.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

/** @import { AiSettings, ChosenOptions, OpponentPanel } from './types.js' */

/** The level that stands for the user's AI settings: the server uses them where no level is given. */
const OWN = 'own';
const ADAPTIVE = 'adaptive';

/**
 * Starts a match against the computer; without a level, the user's settings decide.
 * @param {string} game
 * @param {string} [level]
 * @param {ChosenOptions} [options]
 */
export async function startPractice(game, level, options = {}) {
  const { data } = await api.post(`/games/${game}/practice/`, { level, options });
  await navigate(`/matches/${data.id}`);
}

/** @type {OpponentPanel} */
export async function computerPanel({ game, signal }) {
  const { data: settings } = await api.get('/users/profile/ai-settings/', { signal });
  const setting = `level.${game.slug}`;
  const levels = [...game.levels.map(({ name }) => name), ADAPTIVE, OWN];
  const stored = readSetting(setting) ?? '';
  let level = levels.includes(stored) ? stored : (levels[0] ?? ADAPTIVE);
  const description = createRef();
  const choose = (/** @type {string} */ name) => {
    level = name;
    if (description.value instanceof HTMLElement) render(descriptionOf(name, settings), description.value);
  };
  /** @type {[string, string][]} */
  const pairs = levels.map((name) => [name, levelName(name)]);
  const picker = segmentedControl('level', 'Level', pairs, level, (/** @type {string} */ name) => {
    writeSetting(setting, name);
    choose(name);
  });
  picker.classList.add('levels');
  const text = elementOf(html`<p class="hint level-text" role="status" ${ref(description)}></p>`);
  choose(level);
  return form({
    label: 'Play against the computer',
    fields: [picker, text, foldedOptions(optionFields(game, { without: ['ranked'] }))],
    submit: 'Start',
    onSubmit: (/** @type {Record<string, string | boolean>} */ values) =>
      startPractice(game.slug, level === OWN ? undefined : level, chosenOptions(game, values)),
  });
}

/**
 * @param {string} level
 * @param {AiSettings} settings
 */
function descriptionOf(level, settings) {
  if (level !== OWN) return levelText(level);
  return html`${settingsText(settings)} <a href="/profile/games">Change</a>`;
}

/** @param {AiSettings} settings */
function settingsText({ level, adaptive, reaction_ms: reaction, accuracy }) {
  const parts = [
    adaptive ? 'as strong as you are' : levelName(level).toLowerCase(),
    reaction !== null && `reacts in ${reaction} ms`,
    accuracy !== null && `${accuracy} % accurate`,
  ];
  return `As in your settings: ${parts.filter(Boolean).join(', ')}.`;
}
