// @ts-check
// The controls of a replay: play and pause, the moment, the speed, and the points to jump to.

import { segmentedControl } from '../../elements/forms.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { html, live } from '../../vendor/lit.js';

/** @import { ReplayPosition } from './types.js' */

/** @type {[string, string][]} */
const SPEEDS = [
  ['0.5', '½×'],
  ['1', '1×'],
  ['2', '2×'],
  ['4', '4×'],
];

/**
 * @typedef {object} Marks
 * @property {number} at the moment, in the unit of the positions
 * @property {number} player who scored: 0 or 1
 * @property {string} label what is shown
 * @property {string} name what screen readers say
 */

/**
 * @param {object} replay
 * @param {ReplayPosition} replay.position
 * @param {Marks[]} replay.marks
 * @param {number} replay.step how far the arrow keys go
 * @param {(at: number) => string} replay.format a moment as text
 * @param {AbortSignal} replay.signal
 */
export function replayControls({ position, marks, step, format, signal }) {
  const speed = segmentedControl('speed', 'Speed', SPEEDS, '1', (/** @type {string} */ value) =>
    position.setSpeed(Number(value)),
  );
  const bar = () =>
    html`${playButton(position)}
      <div class="replay-track">
        ${slider(position, step, format)}
        <div class="replay-track-marks">${marks.map(({ at, player }) => markAt(at / position.length, player))}</div>
      </div>
      <span class="replay-clock">${format(position.at.value)} / ${format(position.length)}</span>`;
  return elementOf(
    html`<div class="replay-controls">
      <div class="replay-bar" ${following([position.at, position.isPlaying], bar, signal)}></div>
      <div class="replay-more">${speed} ${points(marks, position)}</div>
    </div>`,
  );
}

/**
 * @param {number} share
 * @param {number} player
 */
const markAt = (share, player) => html`<i class=${`line-${player}`} .style=${`left:${100 * share}%`}></i>`;

/** @param {ReplayPosition} position */
const playButton = (position) =>
  html`<button type="button" class="primary" @click=${() => position.toggle()}>
    ${position.isPlaying.value ? 'Pause' : 'Play'}
  </button>`;

/**
 * @param {ReplayPosition} position
 * @param {number} step
 * @param {(at: number) => string} format
 */
function slider(position, step, format) {
  /** @type {Record<string, number>} */
  const keys = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step };
  return html`<input
    type="range"
    min="0"
    max=${position.length}
    .value=${live(String(position.at.value))}
    aria-label="Moment of the match"
    aria-valuetext=${format(position.at.value)}
    @input=${(/** @type {InputEvent & { target: HTMLInputElement }} */ { target }) => position.seek(Number(target.value))}
    @keydown=${(/** @type {KeyboardEvent} */ event) => {
      const by = keys[event.key];
      if (by === undefined) return;
      event.preventDefault();
      position.seek(position.at.value + by);
    }}
  />`;
}

/**
 * @param {Marks[]} marks
 * @param {ReplayPosition} position
 */
const points = (marks, position) =>
  html`<div class="replay-points" role="group" aria-label="Points">
    ${marks.map(
      ({ at, player, label, name }) =>
        html`<button type="button" class=${`line-${player}`} aria-label=${name} @click=${() => position.show(at)}>
          ${label}
        </button>`,
    )}
  </div>`;
