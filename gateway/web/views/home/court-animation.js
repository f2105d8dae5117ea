// @ts-check
// The court of the landing page and the home page.

import { html } from '../../vendor/lit.js';

/** A decorative, endless rally. */
export const courtAnimation = () =>
  html`<div class="court" aria-hidden="true"><i class="left"></i><i class="ball"></i><i class="right"></i></div>`;
