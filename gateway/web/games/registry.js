// @ts-check
// The games that this client can show. A new game is a folder and a line here.
//
// The default export of its module takes `{ isSpectator, options, signal }` and resolves to an object with
// `frames` (form and rate of the states it wants), `take(frame)`, `mount(live)` for its element,
// `hint(joined)` for how to play it, and, where it makes sounds, `sound` to turn them off.

/** @import { Game, GameContext } from './types.js' */

/** @type {Record<string, () => Promise<{ default: (context: GameContext) => Promise<Game> }>>} */
const MODULES = {
  pong: () => import('./pong/pong-game.js'),
  tictactoe: () => import('./tictactoe/tictactoe-game.js'),
};

/**
 * Loads a game; null if this client does not know it.
 * @param {string} game
 * @param {GameContext} context
 */
export async function prepareGame(game, context) {
  const load = MODULES[game];
  return load ? (await load()).default(context) : null;
}
