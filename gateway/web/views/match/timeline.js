// The points of a match: a picture of how the score went, and a list of them.

import { h } from '../../dom.js';
import { plural } from '../../format.js';
import { svg } from '../../svg.js';

const WIDTH = 600;
const HEIGHT = 120;
const MARGIN = 10;

/** The picture and the list. */
export function timeline({ timeline: points, players, duration_ms: duration }) {
  const scores = withScores(points);
  const rows = scores.map(({ at_ms: at, player, rally, score }) => h('li', {},
    h('span.time', {}, clock(at)), h('strong', { dir: 'auto' }, players[player].name),
    h('span.points', {}, score.join(' – ')), h('span.hint', {}, rally ? plural(rally, 'hit') : '')));
  return h('div.stack', {}, picture(scores, duration, players), h('ol.timeline', {}, rows));
}

/** Each point with the score after it. */
function withScores(points) {
  const score = [0, 0];
  return points.map((point) => {
    score[point.player] += 1;
    return { ...point, score: [...score] };
  });
}

/** One line per player, which climbs with each of their points. */
function picture(points, duration, players) {
  const end = Math.max(duration, points.at(-1).at_ms, 1);
  const top = Math.max(...points.at(-1).score, 1);
  const x = (at) => MARGIN + (WIDTH - 2 * MARGIN) * at / end;
  const y = (score) => HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * score / top;
  const lines = [0, 1].map((player) => {
    const own = points.filter((point) => point.player === player);
    const steps = own.map(({ at_ms: at, score }) => `H${x(at).toFixed(1)}V${y(score[player]).toFixed(1)}`).join('');
    const dots = own.map(({ at_ms: at, score }) => svg('circle', { cx: x(at), cy: y(score[player]), r: 4 }));
    return svg('g', { class: `line-${player}` }, svg('path', { d: `M${x(0)} ${y(0)}${steps}H${x(end)}` }), dots);
  });
  const label = `${players[0].name} ${points.at(-1).score[0]}, ${players[1].name} ${points.at(-1).score[1]}`;
  const legend = h('ul.legend', {}, players.map(({ name }, index) => h('li', { class: `line-${index}`, dir: 'auto' }, name)));
  return h('div', {}, svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'score-chart', role: 'img', 'aria-label': label }, lines), legend);
}

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
