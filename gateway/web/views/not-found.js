// @ts-check
// The view for unknown addresses.

import { h, page } from '../elements/dom.js';
import { emptyState } from '../elements/empty-state.js';

export default function view() {
  return page(
    'Page not found',
    emptyState('search', 'The address may be mistyped, or the page may have moved.', [
      h('a.button.primary', { href: '/' }, 'Home'),
    ]),
  );
}
