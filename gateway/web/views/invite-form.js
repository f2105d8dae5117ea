// The form that sends a game invite.

import { fill, h } from '../dom.js';
import { checkbox, form, selectField, textField } from '../forms.js';
import * as friendsStore from '../realtime/friends-store.js';
import * as invitesStore from '../realtime/invites-store.js';
import { showToast } from '../toasts.js';

const SPEEDS = [['slow', 'Slow'], ['medium', 'Medium'], ['fast', 'Fast']];
const POINTS = range(3, 20).map((count) => [String(count), String(count)]);
const MINUTES = range(1, 5).map((count) => [String(count), count === 1 ? '1 minute' : `${count} minutes`]);

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The options of an invite as short texts. */
export function optionTexts(game, options) {
  const ranked = options.ranked && 'ranked';
  if (game !== 'pong') return [ranked].filter(Boolean);
  return [`${options.game_speed} speed`, `first to ${options.score_to_win}`, `${options.time_limit} min`, options.cool_mode && 'cool mode', ranked].filter(Boolean);
}

/** The form; `recipient` fills in the username. */
export function inviteForm(recipient) {
  const usernames = friendsStore.friends.value.map((friend) => friend.username);
  const suggestions = h('datalist', { id: 'friends-to-invite' }, usernames.map((username) => h('option', { value: username })));
  const container = h('div');
  let game = 'pong';
  const show = () => fill(container, gameForm(game, recipient, suggestions, (nextGame, username) => {
    [game, recipient] = [nextGame, username];
    show();
    container.querySelector('[name=game]').focus();
  }));
  show();
  return container;
}

function gameForm(game, recipient, suggestions, onGameChange) {
  const usernameField = textField('username', 'Username', { value: recipient ?? '', required: true, maxlength: 60, autocomplete: 'off', spellcheck: 'false', list: suggestions.id, hint: 'A friend, or anyone who accepts invites.' });
  const gameField = selectField('game', 'Game', invitesStore.GAMES, { value: game });
  gameField.input.addEventListener('change', () => onGameChange(gameField.input.value, usernameField.input.value));
  return form({
    label: 'Send an invite',
    fields: [usernameField, suggestions, gameField, ...(game === 'pong' ? pongFields() : []), checkbox('ranked', 'Ranked', { value: false })],
    submit: 'Send invite',
    onSubmit: async ({ username, game: chosen, ...options }) => {
      for (const name of ['score_to_win', 'time_limit']) if (options[name]) options[name] = Number(options[name]);
      const to = username.trim().replace(/^@/, '');
      const crossed = await invitesStore.send({ username: to, game: chosen, options });
      if (!crossed) showToast(`Invite sent to ${to}.`);
    },
  });
}

function pongFields() {
  return [
    selectField('game_speed', 'Speed', SPEEDS, { value: 'medium' }),
    selectField('score_to_win', 'Points to win', POINTS, { value: '11' }),
    selectField('time_limit', 'Time limit', MINUTES, { value: '5' }),
    checkbox('cool_mode', 'Cool mode', { value: false }),
  ];
}
