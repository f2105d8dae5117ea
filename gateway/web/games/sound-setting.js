// @ts-check
// Whether games make sounds on this device.

import { readSetting, writeSetting } from '../api/storage.js';
import { createSignal } from '../live/signal.js';

const SETTING = 'sound';

/** @import { SoundSetting } from './types.js' */

/**
 * A switch for the sounds of a game. What the user chose on this device comes before what the account prefers.
 * @param {boolean} preferred
 * @returns {SoundSetting}
 */
export function createSoundSetting(preferred) {
  const stored = readSetting(SETTING);
  const isOn = createSignal(stored === null ? preferred : stored === 'on');
  return {
    isOn,
    toggle() {
      isOn.set(!isOn.value);
      writeSetting(SETTING, isOn.value ? 'on' : 'off');
    },
  };
}
