// @ts-check
// The course of a rating: a chart, and a table of the same.

import { formatDate } from '../../elements/format.js';
import { html, nothing, svg } from '../../vendor/lit.js';
import { linesOf } from './chart-lines.js';

/** @import { RatingDay } from '../match/types.js' */
/** @typedef {{ x: (date: string) => number, y: (rating: number) => number }} Scale */

const WIDTH = 640;
const HEIGHT = 220;
const MARGIN = { top: 12, right: 12, bottom: 28, left: 44 };
const SHORT_DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/**
 * @param {RatingDay[]} days oldest first
 * @param {string} name of the game
 */
export function ratingHistory(days, name) {
  const [first, last] = [days.at(0), days.at(-1)];
  if (!first || !last || days.length < 2) return nothing;
  const label = `Rating in ${name} from ${first.rating} on ${formatDate(first.date)} to ${last.rating} on ${formatDate(last.date)}`;
  return html`<figure class="chart">
    <figcaption>Rating, last 90 days</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" class="rating-history" role="img" aria-label=${label}>
      ${drawing(days, first, last)}
    </svg>
    <details>
      <summary>Show as a table</summary>
      ${table(days, name)}
    </details>
  </figure>`;
}

/**
 * @param {RatingDay[]} days
 * @param {RatingDay} first
 * @param {RatingDay} last
 */
function drawing(days, first, last) {
  const lines = linesOf(days);
  const scale = scaleOf(first, last, lines);
  const { x, y } = scale;
  const points = days.map(({ date, rating }) => `${x(date).toFixed(1)},${y(rating).toFixed(1)}`);
  return svg`${lines.map((rating) => gridLine(rating, y(rating)))}
    ${dateLabel(first.date, MARGIN.left, 'start')} ${dateLabel(last.date, WIDTH - MARGIN.right, 'end')}
    <polygon class="range" points=${rangeOf(days, scale)} />
    <polyline points=${points.join(' ')} />
    ${days.map(({ date, rating }) => svg`<circle cx=${x(date)} cy=${y(rating)} r="3"><title>${formatDate(date)}: ${rating}</title></circle>`)}`;
}

/**
 * @param {RatingDay} first
 * @param {RatingDay} last
 * @param {number[]} lines
 * @returns {Scale}
 */
function scaleOf(first, last, lines) {
  const [start, end] = [Date.parse(first.date), Date.parse(last.date)];
  const [bottom, top] = [lines.at(0) ?? 0, lines.at(-1) ?? 1];
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom];
  return {
    x: (date) => MARGIN.left + (width * (Date.parse(date) - start)) / Math.max(1, end - start),
    y: (rating) => MARGIN.top + height - (height * (rating - bottom)) / (top - bottom),
  };
}

/**
 * The range of each day, as an area behind the line.
 * @param {RatingDay[]} days
 * @param {Scale} scale
 */
function rangeOf(days, { x, y }) {
  const above = days.map(({ date, highest }) => `${x(date).toFixed(1)},${y(highest).toFixed(1)}`);
  const below = days.map(({ date, lowest }) => `${x(date).toFixed(1)},${y(lowest).toFixed(1)}`);
  return [...above, ...below.toReversed()].join(' ');
}

/**
 * @param {number} rating
 * @param {number} y
 */
const gridLine = (rating, y) =>
  svg`<line x1=${MARGIN.left} x2=${WIDTH - MARGIN.right} y1=${y} y2=${y} />
    <text x=${MARGIN.left - 8} y=${y + 4} text-anchor="end">${rating}</text>`;

/**
 * @param {string} date
 * @param {number} x
 * @param {'start' | 'end'} anchor
 */
const dateLabel = (date, x, anchor) =>
  svg`<text x=${x} y=${HEIGHT - 6} text-anchor=${anchor}>${SHORT_DATE.format(new Date(date))}</text>`;

/**
 * @param {RatingDay[]} days
 * @param {string} name
 */
const table = (days, name) =>
  html`<table class="figures">
    <caption class="visually-hidden">
      Rating in ${name} by day
    </caption>
    <thead>
      <tr>
        <th scope="col">Day</th>
        <th scope="col">Rating</th>
        <th scope="col">Lowest</th>
        <th scope="col">Highest</th>
      </tr>
    </thead>
    <tbody>
      ${days.toReversed().map(
        ({ date, rating, lowest, highest }) =>
          html`<tr>
            <th scope="row">${formatDate(date)}</th>
            <td>${rating}</td>
            <td>${lowest}</td>
            <td>${highest}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
