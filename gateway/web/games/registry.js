// The games that this client can show. A new game is a folder and a line here.
//
// The default export of its module takes `{ isSpectator, options, signal }` and resolves to an object with
// `frames` (form and rate of the states it wants), `take(frame)`, `mount(live)` for its element, and
// `hint(joined)` for how to play it.

const MODULES = {
  pong: () => import('./pong/pong-game.js'),
  tictactoe: () => import('./tictactoe/tictactoe-game.js'),
};

/** Loads a game; null if this client does not know it. */
export async function prepareGame(game, context) {
  const load = MODULES[game];
  return load ? (await load()).default(context) : null;
}
