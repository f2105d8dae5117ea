// @ts-check
// Turns the sounds of a game off and on, on this device.

import { icon } from '../../elements/icon.js';
import { following } from '../../elements/template-parts.js';
import { html, nothing } from '../../vendor/lit.js';

/** @import { PlayedGame } from './types.js' */

/**
 * @param {PlayedGame} game
 * @param {AbortSignal} signal
 */
export function soundToggle({ sound }, signal) {
  if (!sound) return nothing;
  const button = () =>
    html`<button
      type="button"
      class="icon-button"
      aria-label="Mute"
      aria-pressed=${String(!sound.isOn.value)}
      title=${sound.isOn.value ? 'Mute' : 'Unmute'}
      @click=${() => sound.toggle()}
    >
      ${icon(sound.isOn.value ? 'sound' : 'sound-off')}
    </button>`;
  return html`<span ${following([sound.isOn], button, signal)}></span>`;
}
