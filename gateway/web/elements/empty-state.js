// @ts-check
// What stands where there is nothing yet: a picture, a sentence, a thing to do.

import { html } from '../vendor/lit.js';
import { element } from './dom.js';
import { icon } from './icon.js';

/** @import { IconName } from './icon.js' */

/**
 * @param {IconName} symbol
 * @param {string} text
 * @param {Node[]} [actions]
 */
export const emptyState = (symbol, text, actions = []) =>
  element(
    html`<div class="empty">
      ${icon(symbol)}
      <p>${text}</p>
      <div class="actions">${actions}</div>
    </div>`,
  );
