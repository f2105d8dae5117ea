// Practice against the computer.

import * as api from '../../api.js';
import { form, segmentedControl } from '../../forms.js';
import { levelName } from '../../games/game-texts.js';
import { navigate } from '../../router.js';
import { readSetting, writeSetting } from '../../storage.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

/** Starts a match against the computer; without a level, the user's settings decide. */
export async function startPractice(game, level, options = {}) {
  const { data } = await api.post(`/games/${game}/practice/`, { level, options });
  await navigate(`/matches/${data.id}`);
}

export function computerPanel({ game }) {
  const setting = `level.${game.slug}`;
  const levels = ['adaptive', ...game.levels.map(({ name }) => name)];
  let level = levels.includes(readSetting(setting)) ? readSetting(setting) : levels[1];
  const picker = segmentedControl('level', 'Level', levels.map((name) => [name, levelName(name)]), level, (name) => {
    level = name;
    writeSetting(setting, name);
  });
  picker.classList.add('levels');
  return form({
    label: 'Play against the computer',
    fields: [picker, foldedOptions(optionFields(game, { without: ['ranked'] }))],
    submit: 'Start',
    onSubmit: (values) => startPractice(game.slug, level, chosenOptions(game, values)),
  });
}
