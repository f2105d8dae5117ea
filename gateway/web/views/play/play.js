// @ts-check
// Chooses a game and an opponent.

import { api } from '../../api/client.js';
import { heading, uniqueId } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { following } from '../../elements/template-parts.js';
import { createSignal } from '../../live/signal.js';
import { replaceAddress } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html } from '../../vendor/lit.js';
import { computerPanel } from './computer.js';
import { cupPanel } from './cup.js';
import { friendPanel } from './friend.js';
import { keyboardPanel } from './keyboard.js';
import { playAside } from './play-aside.js';
import { randomPanel } from './random.js';
import { tournamentPanel } from './tournament.js';

/** @import { Game, OpponentPanel, ViewContext } from './types.js' */
/** @import { IconName } from '../../elements/icon.js' */
/** @typedef {{ key: string, title: string, text: string, icon: IconName, panel: OpponentPanel }} Opponent */
/** @typedef {{ game: Game, opponent: Opponent, to: string | null }} Choice */

/** @type {Opponent} */
const COMPUTER = {
  key: 'computer',
  title: 'Computer',
  text: 'Starts at once.',
  icon: 'computer',
  panel: computerPanel,
};
/** @type {Opponent} */
const FRIEND = { key: 'friend', title: 'A friend', text: 'Send an invite.', icon: 'friends', panel: friendPanel };
/** @type {Opponent} */
const RANDOM = { key: 'random', title: 'Anyone', text: 'As strong as you are.', icon: 'globe', panel: randomPanel };
/** @type {Opponent} */
const KEYBOARD = {
  key: 'keyboard',
  title: 'Two at one keyboard',
  text: 'Side by side.',
  icon: 'keyboard',
  panel: keyboardPanel,
};
/** @type {Opponent} */
const CUP = {
  key: 'cup',
  title: 'Cup at one keyboard',
  text: 'Three or more take turns.',
  icon: 'trophy',
  panel: cupPanel,
};
/** @type {Opponent} */
const TOURNAMENT = {
  key: 'tournament',
  title: 'Tournament',
  text: 'Enter one, or create it.',
  icon: 'bracket',
  panel: tournamentPanel,
};
const OPPONENTS = [COMPUTER, FRIEND, RANDOM, KEYBOARD, CUP, TOURNAMENT];

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  const [{ data: games }, aside] = await Promise.all([
    api.get('/games/', { signal }),
    playAside(signal),
    loadStyles('/styles/games.css'),
  ]);
  const choice = createSignal(choiceOf(games, query));
  const panel = createSignal(await panelOf(choice.value, signal));
  const choose = chooser(choice, panel, signal);
  return {
    title: 'Play',
    content: html`${heading('Play')}
      <div class="play">
        <div class="play-main">
          ${gamePicker(games, choice.value, (game) => choose({ game }))}
          ${opponentPicker(choice.value, (opponent) => choose({ opponent }))}
          <div
            class="card"
            id="opponent-panel"
            role="group"
            aria-label="How to play"
            ${following([panel], () => panel.value, signal)}
          ></div>
        </div>
        ${aside}
      </div>`,
  };
}

/**
 * What an address chooses.
 * @param {Game[]} games
 * @param {URLSearchParams} query
 * @returns {Choice}
 */
function choiceOf(games, query) {
  const game = games.find(({ slug }) => slug === query.get('game')) ?? games[0];
  if (!game) throw new Error('The catalogue is empty.');
  const to = query.get('to');
  const opponent = OPPONENTS.find(({ key }) => key === query.get('opponent')) ?? (to ? FRIEND : COMPUTER);
  return { game, opponent, to };
}

/** @param {Choice} choice */
function addressOf({ game, opponent, to }) {
  const query = new URLSearchParams({ game: game.slug, opponent: opponent.key, ...(to ? { to } : {}) });
  return `/play?${query}`;
}

/**
 * @param {Choice} choice
 * @param {AbortSignal} signal
 */
const panelOf = ({ game, opponent, to }, signal) => opponent.panel({ game, to, signal });

/**
 * A function that changes the choice, and with it the panel and the address. A later choice ends an earlier one.
 * @param {import('../../live/signal.js').Signal<Choice>} choice
 * @param {import('../../live/signal.js').Signal<unknown>} panel
 * @param {AbortSignal} signal
 */
function chooser(choice, panel, signal) {
  let shown = new AbortController();
  replaceAddress(addressOf(choice.value));
  return async (/** @type {Partial<Choice>} */ changes) => {
    shown.abort();
    shown = new AbortController();
    const { signal: current } = shown;
    choice.set({ ...choice.value, ...changes });
    replaceAddress(addressOf(choice.value));
    const next = await panelOf(choice.value, AbortSignal.any([signal, current]));
    if (!current.aborted) panel.set(next);
  };
}

/**
 * The games as large radio buttons, each with a picture of its court.
 * @param {Game[]} games
 * @param {Choice} choice
 * @param {(game: Game) => void} onChange
 */
function gamePicker(games, choice, onChange) {
  return html`<fieldset class="game-picker">
    <legend class="visually-hidden">Game</legend>
    ${games.map((game) => {
      const id = uniqueId('game');
      return html`<div class="game-choice" data-game=${game.slug}>
        <input
          type="radio"
          name="game"
          id=${id}
          value=${game.slug}
          ?checked=${game === choice.game}
          @change=${() => onChange(game)}
        />
        <label for=${id}>${game.title}</label>
      </div>`;
    })}
  </fieldset>`;
}

/**
 * The opponents as large radio buttons.
 * @param {Choice} choice
 * @param {(opponent: Opponent) => void} onChange
 */
function opponentPicker(choice, onChange) {
  return html`<fieldset class="opponents">
    <legend class="visually-hidden">Opponent</legend>
    ${OPPONENTS.map((opponent) => {
      const { key, title, text, icon: picture } = opponent;
      const id = `opponent-${key}`;
      return html`<div class="opponent">
        <input
          type="radio"
          name="opponent"
          id=${id}
          value=${key}
          ?checked=${opponent === choice.opponent}
          @change=${() => onChange(opponent)}
        />
        <label for=${id}>${icon(picture)}<strong>${title}</strong><span class="hint">${text}</span></label>
      </div>`;
    })}
  </fieldset>`;
}
