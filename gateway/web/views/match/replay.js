// Watches a match of Pong again: play, pause, speed, and any moment of it.

import { onAbort } from '../../abort.js';
import { actionButton } from '../../action-button.js';
import * as api from '../../api.js';
import { fill, h } from '../../dom.js';
import { segmentedControl } from '../../forms.js';
import { Court } from '../../games/pong/court.js';
import { loadEngine } from '../../games/pong/engine.js';
import { TICK_MS } from '../../games/pong/field.js';
import { readReplay, ReplayPlayer } from '../../games/pong/replay.js';

const SPEEDS = [['1', '1×'], ['2', '2×'], ['4', '4×']];
const UNAVAILABLE = 'This browser cannot play replays.';
/** A point is shown from so many ticks before it. */
const LEAD_IN = 180;

/** A place for the replay, which is loaded when the user asks for it. */
export function replayViewer(match, signal) {
  const place = h('div.replay');
  const show = async () => {
    const [engine, file] = await Promise.all([loadEngine(), api.getFile(`/matches/${match.id}/replay/`)]);
    if (!engine) return void fill(place, h('p', {}, UNAVAILABLE));
    const record = readReplay(new Uint8Array(await file.arrayBuffer()));
    fill(place, viewer(new ReplayPlayer(engine, record), match, signal));
    return place.querySelector('button').focus();
  };
  fill(place, actionButton('Watch replay', show, { variant: 'primary' }));
  return place;
}

function viewer(player, { timeline }, signal) {
  const canvas = h('canvas', { role: 'img', 'aria-label': 'The court', width: 1280, height: 800 });
  const court = new Court(canvas);
  const score = h('p.score');
  const verified = h('p.hint', { role: 'status' });
  const slider = h('input', { type: 'range', min: 0, max: player.ticks, value: 0, 'aria-label': 'Moment of the match' });
  const state = { position: 0, speed: 1, isPlaying: true, lastAt: null };
  const toggle = h('button', { type: 'button' }, 'Pause');
  const draw = () => {
    const view = player.seek(Math.floor(state.position));
    court.draw(view);
    if (score.textContent !== view.score.join(' – ')) score.textContent = view.score.join(' – ');
    slider.value = player.tick;
    slider.setAttribute('aria-valuetext', clock(player.tick));
    if (player.isVerified) verified.textContent = 'Played to the end: the result is the recorded one.';
  };
  const setPlaying = (isPlaying) => {
    [state.isPlaying, state.lastAt] = [isPlaying, null];
    toggle.textContent = isPlaying ? 'Pause' : 'Play';
  };
  const seek = (tick) => {
    state.position = tick;
    draw();
  };
  toggle.addEventListener('click', () => {
    if (!state.isPlaying && player.tick >= player.ticks) state.position = 0;
    setPlaying(!state.isPlaying);
  });
  slider.addEventListener('input', () => seek(Number(slider.value)));
  run({ state, player, draw, setPlaying, signal });
  onAbort(signal, () => court.dispose());
  const speed = segmentedControl('speed', 'Speed', SPEEDS, '1', (value) => {
    state.speed = Number(value);
  });
  return h('div.stack', {}, score, h('div.pong', {}, canvas), h('div.replay-controls', {}, toggle, slider, speed),
    pointButtons(timeline, (tick) => {
      seek(Math.max(0, tick - LEAD_IN));
      setPlaying(true);
    }), verified);
}

/** Moves on while it plays, until the abort signal fires. */
function run({ state, player, draw, setPlaying, signal }) {
  const onFrame = (now) => {
    if (signal.aborted) return;
    if (state.isPlaying) {
      state.position = Math.min(player.ticks, state.position + state.speed * (now - (state.lastAt ?? now)) / TICK_MS);
      state.lastAt = now;
      draw();
      if (player.tick >= player.ticks) setPlaying(false);
    }
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
}

function pointButtons(points, onSelect) {
  return h('div.replay-points', { role: 'group', 'aria-label': 'Points' }, points.map(({ tick }, index) =>
    h('button', { type: 'button', 'aria-label': `Point ${index + 1}, at ${clock(tick)}`, onclick: () => onSelect(tick) }, index + 1)));
}

function clock(tick) {
  const seconds = Math.floor(tick * TICK_MS / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
