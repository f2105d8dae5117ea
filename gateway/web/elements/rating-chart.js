// @ts-check
// The course of a rating as a line.

import { html } from '../vendor/lit.js';
import { formatDate } from './format.js';

/** @import { RatingDay } from '../api/types.js' */

const WIDTH = 600;
const HEIGHT = 140;
const MARGIN = { top: 10, right: 44, bottom: 10, left: 8 };
/** A chart of a rating that hardly changed still spans so many points. */
const MIN_SPAN = 40;

/**
 * A chart of days, oldest first.
 * @param {Pick<RatingDay, 'date' | 'rating'>[]} days
 */
export function ratingChart(days) {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return html``;
  const { x, y } = scales(days);
  const points = days.map(({ date, rating }) => `${x(date)},${y(rating)}`).join(' ');
  const label = `Rating from ${first.rating} on ${formatDate(first.date)} to ${last.rating} on ${formatDate(last.date)}`;
  return html`<svg class="rating-chart" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label}>
    <polyline points=${points}></polyline>
    <circle cx=${x(last.date)} cy=${y(last.rating)} r="4"></circle>
    <text x=${Number(x(last.date)) + 8} y=${Number(y(last.rating)) + 5}>${last.rating}</text>
  </svg>`;
}

/**
 * Functions from a date and a rating to a place in the chart.
 * @param {Pick<RatingDay, 'date' | 'rating'>[]} days
 */
function scales(days) {
  const ratings = days.map(({ rating }) => rating);
  const times = days.map(({ date }) => Date.parse(date));
  const [lowest, highest] = [Math.min(...ratings), Math.max(...ratings)];
  const middle = (lowest + highest) / 2;
  const span = Math.max(MIN_SPAN, highest - lowest);
  const start = Math.min(...times);
  const duration = Math.max(1, Math.max(...times) - start);
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom];
  return {
    /** @param {string} date */
    x: (date) => (MARGIN.left + (width * (Date.parse(date) - start)) / duration).toFixed(1),
    /** @param {number} rating */
    y: (rating) => (HEIGHT / 2 - (height * (rating - middle)) / span).toFixed(1),
  };
}
