// @ts-check
// What the parts of a tournament's page share: names of entrants, and content that follows what is known.

import { following } from '../../elements/template-parts.js';
import { nothing } from '../../vendor/lit.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext } from './types.js'
 */

/**
 * Fills an element with what is known, again whenever it changes.
 * @param {PartContext} context
 * @param {(known: KnownTournament) => unknown} template
 */
export const whenKnown = ({ open, signal }, template) =>
  following([open.known], () => (open.known.value ? template(open.known.value) : nothing), signal);

/**
 * The names of entrants by their numbers.
 * @param {KnownTournament} known
 * @returns {(number: number | null | undefined) => string}
 */
export function aliases({ bracket, entrants }) {
  const names = new Map([...entrants, ...(bracket?.entrants ?? [])].map(({ number, alias }) => [number, alias]));
  return (number) => (number === null || number === undefined ? '' : (names.get(number) ?? `#${number}`));
}
