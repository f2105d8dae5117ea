// @ts-check
// Moments of a match.

/**
 * Milliseconds as minutes and seconds.
 * @param {number} milliseconds
 */
export function formatClock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
