// @ts-check
// Short sounds of hits and points, synthesized.

import { onAbort } from '../../live/abort.js';

const SOUNDS = {
  hit: { frequency: 440, end: 460, length: 0.06, volume: 0.12 },
  won: { frequency: 520, end: 780, length: 0.22, volume: 0.12 },
  lost: { frequency: 300, end: 180, length: 0.28, volume: 0.12 },
};
const SILENCE = 0.0001;

/** @typedef {keyof typeof SOUNDS} SoundName */

/**
 * Returns a function that plays a sound by its name; before the first gesture browsers play none.
 * @param {() => boolean} isOn
 * @param {AbortSignal} signal
 * @returns {(name: SoundName) => void}
 */
export function createSounds(isOn, signal) {
  /** @type {AudioContext | null} */
  let context = null;
  onAbort(signal, () => context?.close());
  return (name) => {
    if (!isOn() || !navigator.userActivation?.hasBeenActive) return;
    context ??= new AudioContext();
    const { frequency, end, length, volume } = SOUNDS[name];
    const [oscillator, gain, now] = [context.createOscillator(), context.createGain(), context.currentTime];
    oscillator.frequency.setValueAtTime(frequency, now);
    oscillator.frequency.exponentialRampToValueAtTime(end, now + length);
    gain.gain.setValueAtTime(volume, now);
    gain.gain.exponentialRampToValueAtTime(SILENCE, now + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(now);
    oscillator.stop(now + length);
  };
}
