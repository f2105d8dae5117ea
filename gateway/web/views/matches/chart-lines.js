// @ts-check
// The lines of a chart of ratings.

/** @import { RatingDay } from '../match/types.js' */

/** The distances between lines that one can choose from. */
const STEPS = [10, 20, 50, 100, 200, 500];
const MAX_LINES = 5;
/** A chart of a rating that hardly changed still spans so many points. */
const MIN_SPAN = 40;

/**
 * The ratings at which lines are drawn: round numbers that enclose all others.
 * @param {RatingDay[]} days
 */
export function linesOf(days) {
  const low = Math.min(...days.map(({ lowest, rating }) => Math.min(lowest, rating)));
  const high = Math.max(...days.map(({ highest, rating }) => Math.max(highest, rating)));
  const missing = Math.max(0, MIN_SPAN - (high - low)) / 2;
  const [from, to] = [low - missing, high + missing];
  const step = STEPS.find((one) => (to - from) / one <= MAX_LINES - 1) ?? 1_000;
  const start = Math.floor(from / step);
  return Array.from({ length: Math.ceil(to / step) - start + 1 }, (_, index) => (start + index) * step);
}
