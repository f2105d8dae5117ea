// @ts-check
// How a rating changed.

import { html } from '../../vendor/lit.js';

/** @param {number} change */
export const changeText = (change) =>
  html`<strong class=${change >= 0 ? 'gain' : 'loss'}
    >${change > 0 ? '+' : ''}${String(change).replace('-', '−')}</strong
  >`;
