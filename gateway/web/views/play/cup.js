// @ts-check
// A cup at one keyboard: three or more players, who take turns.

import { ApiError, api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { uniqueId } from '../../elements/dom.js';
import { form } from '../../elements/forms.js';
import { elementOf } from '../../elements/template-parts.js';
import { navigate } from '../../shell/router.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

/** @import { OpponentPanel } from './types.js' */
/** @typedef {{ id: string, name: string }} Player */

const MAX_NAME_LENGTH = 24;
const MIN_PLAYERS = 3;
const MAX_PLAYERS = 31;
const FIRST_PLAYERS = 4;
/** So many players meet each other; more play a knockout. */
const MAX_LEAGUE = 5;

/** @type {OpponentPanel} */
export async function cupPanel({ game }) {
  const names = nameList();
  return form({
    label: 'Play a cup at one keyboard',
    fields: [names.element, foldedOptions(optionFields(game, { without: ['ranked'] }))],
    submit: 'Start the cup',
    onSubmit: async (/** @type {Record<string, string | boolean>} */ values) => {
      names.setError('');
      const players = names.read();
      if (players.length < MIN_PLAYERS) return names.setError(`Type at least ${MIN_PLAYERS} names.`);
      try {
        const { data } = await api.post(`/games/${game.slug}/local/`, {
          players,
          options: chosenOptions(game, values),
        });
        return await navigate(`/tournaments/${data.id}`);
      } catch (error) {
        const problem = error instanceof ApiError ? error.fields.players?.[0] : null;
        if (!problem) throw error;
        return names.setError(problem);
      }
    },
  });
}

/** The names of the players: fields that one can add and remove. */
function nameList() {
  const element = elementOf(html`<fieldset class="cup-names"></fieldset>`);
  /** @type {Player[]} */
  let players = Array.from({ length: FIRST_PLAYERS }, (_, index) => newPlayer(index === 0 ? ownName() : ''));
  let problem = '';
  const change = (/** @type {Player[]} */ next) => {
    players = next;
    update();
  };
  const setError = (/** @type {string} */ text) => {
    problem = text;
    update();
    if (text) element.querySelector('input')?.focus();
  };
  const read = () => players.map(({ name }) => name.trim()).filter(Boolean);
  const update = () => render(nameFields(players, problem, change), element);
  update();
  return { element, read, setError };
}

/** @param {string} name */
const newPlayer = (name) => ({ id: uniqueId('cup-player'), name });

const ownName = () => [...(session.profile?.display_name ?? '')].slice(0, MAX_NAME_LENGTH).join('');

/**
 * @param {Player[]} players
 * @param {string} problem
 * @param {(players: Player[]) => void} change
 */
function nameFields(players, problem, change) {
  const add = () => {
    change([...players, newPlayer('')]);
    document.getElementById(players.at(-1)?.id ?? '')?.focus();
  };
  return html`<legend>Players</legend>
    <p class="hint">${formatText(players.length)}</p>
    <ol>
      ${repeat(
        players,
        ({ id }) => id,
        (player, index) => nameField(player, index, { players, change }),
      )}
    </ol>
    <p class="problem" ?hidden=${!problem} role="alert">${problem}</p>
    ${players.length < MAX_PLAYERS ? html`<button type="button" @click=${add}>Add a player</button>` : nothing}`;
}

/** @param {number} count */
const formatText = (count) =>
  count <= MAX_LEAGUE ? 'Everybody meets everybody.' : 'Who loses is out, until one is left.';

/**
 * @param {Player} player
 * @param {number} index
 * @param {{ players: Player[], change: (players: Player[]) => void }} list
 */
function nameField(player, index, { players, change }) {
  const label = `Player ${index + 1}`;
  const onInput = (/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ { currentTarget }) => {
    player.name = currentTarget.value;
  };
  return html`<li>
    <label class="visually-hidden" for=${player.id}>${label}</label>
    <input
      type="text"
      id=${player.id}
      name="player"
      placeholder=${label}
      maxlength=${MAX_NAME_LENGTH}
      autocomplete="off"
      autocapitalize="words"
      .value=${player.name}
      @input=${onInput}
    />
    ${
      players.length > MIN_PLAYERS
        ? html`<button
            type="button"
            class="quiet"
            aria-label="Remove ${label.toLowerCase()}"
            @click=${() => change(players.filter((one) => one !== player))}
          >
            ×
          </button>`
        : nothing
    }
  </li>`;
}
