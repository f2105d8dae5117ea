// The start page.

import { h, heading } from '../dom.js';
import { routes } from '../routes.js';
import { session } from '../session.js';

export default function view() {
  return { title: '', content: session.signedIn ? home() : welcome() };
}

function welcome() {
  const words = h('div', {},
    heading('Play, chat and watch together.'),
    h('p.lead', {}, 'Courtside is a small arcade for you and your friends. Make an account and be on the court within a minute.'),
    h('div.actions', {},
      h('a.button.primary', { href: '/register' }, 'Make an account'),
      h('a.button', { href: '/login' }, 'Log in')));
  const more = h('p.hint.developers', {}, 'Building something on it? ', h('a', { href: '/docs/' }, 'Try the API'), '.');
  return [h('div.hero', {}, words, court()), more];
}

/** A rally that never ends; only to look at. */
function court() {
  return h('div.court', { 'aria-hidden': 'true' }, h('i.left'), h('i.ball'), h('i.right'));
}

function home() {
  const tiles = routes.filter((route) => route.tile).map(({ path, tile: [name, words] }) =>
    h('li', {}, h('a.tile', { href: path }, h('strong', {}, name), h('span', {}, words))));
  return [heading(`Hello, ${session.profile.display_name}`), h('ul.tiles', {}, tiles)];
}
