// The course of a rating as a line.

import { formatDate } from './format.js';
import { svg } from './svg.js';

const WIDTH = 600;
const HEIGHT = 140;
const MARGIN = { top: 10, right: 44, bottom: 10, left: 8 };
/** A chart of a rating that hardly changed still spans so many points. */
const MIN_SPAN = 40;

/** A chart of days `{ date, rating }`, oldest first. */
export function ratingChart(days) {
  const ratings = days.map(({ rating }) => rating);
  const middle = (Math.min(...ratings) + Math.max(...ratings)) / 2;
  const span = Math.max(MIN_SPAN, Math.max(...ratings) - Math.min(...ratings));
  const times = days.map(({ date }) => Date.parse(date));
  const duration = Math.max(1, times.at(-1) - times[0]);
  const x = (time) => MARGIN.left + (WIDTH - MARGIN.left - MARGIN.right) * (time - times[0]) / duration;
  const y = (rating) => HEIGHT / 2 - (HEIGHT - MARGIN.top - MARGIN.bottom) * (rating - middle) / span;
  const points = days.map(({ rating }, index) => [x(times[index]).toFixed(1), y(rating).toFixed(1)]);
  const [lastX, lastY] = points.at(-1);
  const label = `Rating from ${ratings[0]} on ${formatDate(days[0].date)} to ${ratings.at(-1)} on ${formatDate(days.at(-1).date)}`;
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'rating-chart', role: 'img', 'aria-label': label },
    svg('polyline', { points: points.map((point) => point.join()).join(' ') }),
    svg('circle', { cx: lastX, cy: lastY, r: 4 }),
    svg('text', { x: Number(lastX) + 8, y: Number(lastY) + 5 }, String(ratings.at(-1))));
}
