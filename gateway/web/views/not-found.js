// The view for unknown addresses.

import { h, page } from '../dom.js';

export default function view() {
  return page('Page not found', h('p', {}, 'The address may be mistyped, or the page may have moved.'),
    h('div.actions', {}, h('a.button.primary', { href: '/' }, 'Home')));
}
