// Where there is no page.

import { h, page } from '../dom.js';

export default function view() {
  return page('There is no such page', h('p', {}, 'The address may be mistyped, or the page has moved. ', h('a', { href: '/' }, 'To the start'), '.'));
}
