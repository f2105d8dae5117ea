// What surrounds every view: the bar, one's menu, and what must not be overlooked.

import * as api from './api.js';
import { avatar, fill, h } from './dom.js';
import { mailboxHint } from './mailbox.js';
import { tell, warn } from './notices.js';
import { go, whenOpened } from './router.js';
import { routes } from './routes.js';
import { session, signOut, watch } from './session.js';

const NEWS = {
  'not yet': 'The connection is lost. It comes back by itself; nothing you write is lost.',
  'no more': 'News no longer come by themselves. Load this page again.',
};

/** How many things wait behind a link of the bar, and what they are. */
const badges = new Map();
/** Whether news come as they happen: `yes`, `not yet` or `no more`. */
let news = 'yes';

/** Shows how many things wait behind a link of the bar. */
export function badge(path, count, words) {
  badges.set(path, count ? { count, words } : null);
  for (const one of document.querySelectorAll(`#nav a[href="${path}"]`)) drawBadge(one, badges.get(path));
}

/** Says whether news come as they happen. */
export function connected(now) {
  if (news === now) return;
  news = now;
  drawBanner();
}

/** Draws it, and again whenever it changes. */
export function start() {
  watch((now, old) => {
    if (now.profile !== old.profile || now.status !== old.status) draw();
  });
  whenOpened(mark);
  for (const change of ['online', 'offline']) addEventListener(change, drawBanner);
  draw();
}

function draw() {
  if (session.status === 'starting') return;
  fill(document.getElementById('nav'), session.signedIn ? mine() : visitors());
  drawBanner();
  mark();
}

function visitors() {
  return [link('/login', 'Log in'), h('a.button.primary', { href: '/register' }, 'Register')];
}

function mine() {
  const { profile } = session;
  const entries = routes.filter((route) => route.menu);
  const menu = h('div.menu', { id: 'menu', popover: true },
    h('p.who', {}, h('strong', {}, profile.display_name), h('span', {}, `@${profile.username}`)),
    entries.map((route) => link(route.path, route.menu)),
    h('button', { type: 'button', onclick: leave }, 'Log out'));
  menu.addEventListener('click', () => menu.hidePopover());
  const opener = h('button.opener', { type: 'button', popovertarget: 'menu', 'aria-label': 'Your menu' },
    avatar(profile, 34));
  const places = routes.filter((route) => route.nav).map((route) => place(route));
  const bells = routes.filter((route) => route.bell).map((route) => bell(route));
  return [h('div.places', {}, places), bells, opener, menu];
}

const link = (href, text) => h('a', { href }, text);

function place({ path, nav }) {
  const one = h('a.place', { href: path }, h('span', {}, nav));
  drawBadge(one, badges.get(path));
  return one;
}

function bell({ path, bell: name }) {
  const one = h('a.bell', { href: path }, h('span.unseen', {}, name));
  drawBadge(one, badges.get(path));
  return one;
}

function drawBadge(one, what) {
  one.querySelector('.count')?.remove();
  if (!what) return;
  const shown = what.count > 99 ? '99+' : String(what.count);
  one.append(h('span.count', {}, h('span.unseen', {}, ', '), shown, h('span.unseen', {}, ` ${what.words}`)));
}

async function leave() {
  try {
    await signOut();
    await go('/', { replace: true });
    tell('You are logged out.');
  } catch (error) {
    warn(error);
  }
}

function mark() {
  for (const one of document.querySelectorAll('#nav a')) {
    const href = one.getAttribute('href');
    const current = href === location.pathname || (href !== '/' && location.pathname.startsWith(`${href}/`));
    if (current) one.setAttribute('aria-current', href === location.pathname ? 'page' : 'true');
    else one.removeAttribute('aria-current');
  }
}

function drawBanner() {
  const { profile } = session;
  const unproven = profile && !profile.email_verified;
  const banner = document.getElementById('banner');
  if (!navigator.onLine) fill(banner, h('p.banner', { role: 'alert' }, 'You are offline. What needs the server will wait.'));
  else if (unproven) fill(banner, proveAddress(profile));
  else if (session.signedIn && news !== 'yes') fill(banner, h('p.banner', { role: 'status' }, NEWS[news]));
  else fill(banner);
}

function proveAddress(profile) {
  return h('div.banner', {},
    h('p', {}, 'Please follow the link in the mail to ', h('strong', {}, profile.email), '.'),
    h('button.link', { type: 'button', onclick: resend }, 'Send it again'),
    mailboxHint());
}

async function resend() {
  try {
    tell((await api.post('/auth/email/resend/')).message);
  } catch (error) {
    warn(error);
  }
}
