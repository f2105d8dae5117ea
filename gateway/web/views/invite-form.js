// The form to invite somebody to a game.

import { fill, h } from '../dom.js';
import { choice, form, text, tick } from '../forms.js';
import * as circle from '../live/circle.js';
import * as invites from '../live/invites.js';
import { tell } from '../notices.js';

const SPEEDS = [['slow', 'Slow'], ['medium', 'Medium'], ['fast', 'Fast']];
const POINTS = range(3, 20).map((count) => [String(count), String(count)]);
const MINUTES = range(1, 5).map((count) => [String(count), count === 1 ? '1 minute' : `${count} minutes`]);

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** The options of an invite, for people. */
export function optionWords(game, options) {
  const ranked = options.ranked && 'counts for the rating';
  if (game !== 'pong') return [ranked].filter(Boolean);
  return [`${options.game_speed} ball`, `to ${options.score_to_win}`, `${options.time_limit} min`, options.cool_mode && 'with extras', ranked].filter(Boolean);
}

/** The form; `to` is whom to invite, where that is known already. */
export function inviteForm(to) {
  const names = circle.friends.value.map((one) => one.username);
  const list = h('datalist', { id: 'friends-to-invite' }, names.map((name) => h('option', { value: name })));
  const place = h('div');
  let game = 'pong';
  const show = () => fill(place, gameForm(game, to, list, (next, typed) => {
    [game, to] = [next, typed];
    show();
    place.querySelector('[name=game]').focus();
  }));
  show();
  return place;
}

function gameForm(game, to, list, changed) {
  const username = text('username', 'Username', { value: to ?? '', required: true, maxlength: 60, autocomplete: 'off', spellcheck: 'false', list: list.id, hint: 'A friend, or anybody who takes invites.' });
  const which = choice('game', 'Game', invites.GAMES, { value: game });
  which.input.addEventListener('change', () => changed(which.input.value, username.input.value));
  return form({
    label: 'Invite somebody',
    fields: [username, list, which, ...(game === 'pong' ? pongFields() : []), tick('ranked', 'It counts for the rating', { value: false })],
    submit: 'Invite',
    run: async ({ username: typed, game: chosen, ...options }) => {
      for (const number of ['score_to_win', 'time_limit']) if (options[number]) options[number] = Number(options[number]);
      const name = typed.trim().replace(/^@/, '');
      const met = await invites.invite({ username: name, game: chosen, options });
      if (!met) tell(`Your invite is on its way to ${name}.`);
    },
  });
}

function pongFields() {
  return [
    choice('game_speed', 'Speed', SPEEDS, { value: 'medium' }),
    choice('score_to_win', 'Points to win', POINTS, { value: '11' }),
    choice('time_limit', 'At most', MINUTES, { value: '5' }),
    tick('cool_mode', 'With extras', { value: false }),
  ];
}
