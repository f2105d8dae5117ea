// @ts-check
// Shows how hard a new password is to guess, while it is typed.

import { html, render } from '../vendor/lit.js';
import { passwordStrength } from './password-strength.js';

const TEXTS = ['', 'Too easy to guess', 'Could be stronger', 'Good', 'Strong'];

/**
 * A bar that shows the strength of what is typed into `input`.
 * @param {() => HTMLInputElement} input
 * @param {() => string[]} [personal]
 */
export function strengthMeter(input, personal = () => []) {
  const container = document.createElement('div');
  const update = () => {
    const strength = passwordStrength(input().value, personal());
    render(
      html`<div class="strength" data-strength=${strength} ?hidden=${!strength}>
        <span class="strength-bar" aria-hidden="true"></span><span role="status">${TEXTS[strength]}</span>
      </div>`,
      container,
    );
  };
  update();
  return { element: container, update };
}
