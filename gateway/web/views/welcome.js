// The page at `/`: the home page for users, the landing page for visitors.

import { h, heading } from '../dom.js';
import { routes } from '../routes.js';
import { session } from '../session.js';

export default function view() {
  return { title: '', content: session.signedIn ? home() : landing() };
}

function landing() {
  const intro = h('div', {},
    heading('Play, chat and watch together.'),
    h('p.lead', {}, 'Courtside is a small arcade for you and your friends. Create an account and be on the court within a minute.'),
    h('div.actions', {},
      h('a.button.primary', { href: '/register' }, 'Create account'),
      h('a.button', { href: '/login' }, 'Log in')));
  const developers = h('p.hint.developers', {}, 'Building on Courtside? ', h('a', { href: '/docs/' }, 'Try the API'), '.');
  return [h('div.hero', {}, intro, courtAnimation()), developers];
}

/** A decorative, endless rally. */
function courtAnimation() {
  return h('div.court', { 'aria-hidden': 'true' }, h('i.left'), h('i.ball'), h('i.right'));
}

function home() {
  const tiles = routes.filter((route) => route.tile).map(({ path, tile: [title, text] }) =>
    h('li', {}, h('a.tile', { href: path }, h('strong', {}, title), h('span', {}, text))));
  return [heading(`Hello, ${session.profile.display_name}`), h('ul.tiles', {}, tiles)];
}
