// The court of the landing page and the home page.

import { h } from '../dom.js';

/** A decorative, endless rally. */
export function courtAnimation() {
  return h('div.court', { 'aria-hidden': 'true' }, h('i.left'), h('i.ball'), h('i.right'));
}
