// @ts-check
// The table of round robin and Swiss as it is shown: pure.

/** @import { BracketEntrant, TournamentBracket, TournamentSlot } from './types.js' */
/**
 * @typedef {object} ScoreTableRow
 * @property {number} number
 * @property {string} place With those who share it, as “2–3”.
 * @property {string} alias
 * @property {string} points
 * @property {{ won: number, drawn: number, lost: number }} record
 * @property {string[]} tieBreaks In the order of `tieBreakNames`.
 * @property {boolean} isGone Whether they have left or were disqualified.
 */

/** @type {Record<string, [name: string, short: string]>} */
const TIE_BREAKS = {
  buchholz_cut_1: ['Buchholz without the weakest opponent', 'Bh−1'],
  buchholz: ['Buchholz (the points of the opponents)', 'Bh'],
  sonneborn_berger: ['Sonneborn–Berger (the points of those who were beaten)', 'SB'],
  wins: ['wins', 'W'],
  point_difference: ['point difference', '±'],
};
/** What says nothing to a reader: the seed decides last. */
const HIDDEN = ['seed'];
const GONE = ['withdrawn', 'disqualified'];
const HALF = 0.5;

/**
 * The tie-breaks of a table, each with its name and what stands at the head of its column.
 * @param {TournamentBracket['table']} table
 * @returns {{ key: string, name: string, short: string }[]}
 */
export const tieBreakNames = (table) =>
  (table[0]?.tie_breaks ?? [])
    .filter(({ name }) => !HIDDEN.includes(name))
    .map(({ name: key }) => {
      const [name, short] = TIE_BREAKS[key] ?? [key.replaceAll('_', ' '), key.slice(0, 3)];
      return { key, name, short };
    });

/**
 * The rows of the table, the best first.
 * @param {Pick<TournamentBracket, 'table' | 'entrants' | 'slots'>} bracket
 * @returns {ScoreTableRow[]}
 */
export function scoreTableRows({ table, entrants, slots }) {
  const byNumber = new Map(entrants.map((entrant) => [entrant.number, entrant]));
  return table.map(({ number, place, points, tie_breaks: values }) => {
    const entrant = byNumber.get(number);
    return {
      number,
      place: placeText(place, table.filter((one) => one.place === place).length),
      alias: entrant?.alias ?? `#${number}`,
      points: halves(points),
      record: recordOf(slots, number),
      tieBreaks: values.filter(({ name }) => !HIDDEN.includes(name)).map(({ value }) => halves(value)),
      isGone: isGone(entrant),
    };
  });
}

/** @param {BracketEntrant | undefined} entrant */
const isGone = (entrant) => GONE.includes(entrant?.status ?? '');

/**
 * “3”, or “3–4” for two who share it.
 * @param {number} place
 * @param {number} sharing
 */
const placeText = (place, sharing) => (sharing > 1 ? `${place}–${place + sharing - 1}` : String(place));

/**
 * A number of halves, as “2½”; other fractions with two digits.
 * @param {number} value
 */
export function halves(value) {
  const [whole, rest] = [Math.trunc(value), Math.abs(value % 1)];
  const sign = value < 0 ? '−' : '';
  if (rest === 0) return `${sign}${Math.abs(whole)}`;
  if (rest !== HALF) return `${sign}${Math.abs(value).toFixed(2)}`;
  return `${sign}${whole === 0 ? '' : Math.abs(whole)}½`;
}

/**
 * What an entrant has won, drawn and lost. A bye is none of them.
 * @param {TournamentSlot[]} slots
 * @param {number} number
 */
function recordOf(slots, number) {
  const record = { won: 0, drawn: 0, lost: 0 };
  for (const { entrants, winner, how, status } of slots) {
    const isCounted = (status === 'done' || status === 'walkover') && !entrants.includes(null);
    if (!isCounted || !entrants.includes(number) || how === null) continue;
    if (winner === number) record.won += 1;
    else if (winner === null && status === 'done') record.drawn += 1;
    else record.lost += 1;
  }
  return record;
}
