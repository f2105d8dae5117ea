// @ts-check
// The seasons of leaderboards: quarters, in UTC.

const COUNT = 8;

/**
 * The last seasons, the current one first, with what they are called.
 * @param {Date} now
 * @returns {[string, string][]}
 */
export function seasonsUntil(now) {
  const current = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3);
  return Array.from({ length: COUNT }, (_, index) => {
    const [year, quarter] = [Math.floor((current - index) / 4), ((current - index) % 4) + 1];
    return [`${year}-Q${quarter}`, `Q${quarter} ${year}${index ? '' : ' (now)'}`];
  });
}
