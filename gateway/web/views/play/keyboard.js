// Two players at one keyboard.

import * as api from '../../api.js';
import { h } from '../../dom.js';
import { form, textField } from '../../forms.js';
import { navigate } from '../../router.js';
import { session } from '../../session.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

const MAX_NAME_LENGTH = 24;

export function keyboardPanel({ game }) {
  const nameField = (name, label, value) => textField(name, label, { value, required: true, maxlength: MAX_NAME_LENGTH, autocomplete: 'off', autocapitalize: 'words' });
  const first = [...session.profile.display_name].slice(0, MAX_NAME_LENGTH).join('');
  return form({
    label: 'Play at one keyboard',
    fields: [
      h('p.hint', {}, game.slug === 'pong' ? 'The left player uses W and S, the right one ↑ and ↓. On a touch screen, each drags on their half.' : 'Take turns.'),
      nameField('first', game.slug === 'pong' ? 'Left player' : 'First player', first),
      nameField('second', game.slug === 'pong' ? 'Right player' : 'Second player', 'Guest'),
      foldedOptions(optionFields(game, { without: ['ranked'] })),
    ],
    submit: 'Start',
    onSubmit: async ({ first: one, second: other, ...values }) => {
      const { data } = await api.post(`/games/${game.slug}/local/`, { players: [one.trim(), other.trim()], options: chosenOptions(game, values) });
      await navigate(`/matches/${data.id}`);
    },
  });
}
