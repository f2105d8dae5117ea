// @ts-check
// The players of a match.

/** @import { GameMatch, MatchPlayer } from './types.js' */

/**
 * Both players, in the order of their seats.
 * @param {Pick<GameMatch, 'players'>} match
 * @returns {[MatchPlayer, MatchPlayer]}
 */
export function playersOf({ players: [first, second] }) {
  if (!first || !second) throw new TypeError('A match has two players.');
  return [first, second];
}
