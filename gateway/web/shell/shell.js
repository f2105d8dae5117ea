// The frame around every view: navigation bar, account menu and banner.

import { mailboxHint } from '../live/dev-mailbox.js';
import { fill, h } from '../elements/dom.js';
import { icon } from '../elements/icon.js';
import { accountMenu } from './account-menu.js';
import { onViewOpened } from './router.js';
import { routes } from './routes.js';
import { session } from '../api/session.js';
import { sendAgainButton } from '../elements/send-again-button.js';
import { render as renderTemplate } from '../vendor/lit.js';
import { applyTheme } from './theme.js';

const CONNECTION_TEXTS = {
  reconnecting: 'Connection lost. Reconnecting… Your messages are kept.',
  stopped: 'Live updates stopped. Reload the page.',
};

const VERIFICATION_PATH = '/account/verify-email';

/** The badges of the navigation: a count and what it counts, by path. */
const badges = new Map();
/** `live`, `reconnecting` or `stopped`. */
let connectionState = 'live';

/** Sets the badge of a navigation link. */
export function setBadge(path, count, description) {
  badges.set(path, count ? { count, description } : null);
  for (const link of document.querySelectorAll(`#nav a[href="${path}"]`)) renderBadge(link, badges.get(path));
}

/** Sets whether events arrive: `live`, `reconnecting` or `stopped`. */
export function setConnectionState(next) {
  if (connectionState === next) return;
  connectionState = next;
  renderBanner();
}

/** Sets the banner for what goes on elsewhere; lit's `nothing` removes it. */
export function setActivity(content) {
  renderTemplate(content, document.getElementById('activity'));
}

/** Renders the frame, and again whenever the session changes. */
export function start() {
  session.onChange((current, previous) => {
    if (current.profile) applyTheme(current.profile.theme);
    if (current.profile !== previous.profile || current.status !== previous.status) render();
  });
  onViewOpened(() => {
    markCurrentLink();
    renderBanner();
  });
  for (const name of ['online', 'offline']) addEventListener(name, renderBanner);
  render();
}

function render() {
  if (session.status === 'starting') return;
  fill(document.getElementById('nav'), session.signedIn ? memberNav() : visitorNav());
  renderBanner();
  markCurrentLink();
}

function visitorNav() {
  return [textLink('/login', 'Log in'), h('a.button.primary', { href: '/register' }, 'Register')];
}

function memberNav() {
  const links = routes.filter((route) => route.nav).map((route) => navLink(route));
  const icons = routes.filter((route) => route.icon).map((route) => iconLink(route));
  return [h('div.nav-links', {}, links), icons, accountMenu(session.profile)];
}

const textLink = (href, text) => h('a', { href }, text);

function navLink({ path, nav, symbol }) {
  const link = h('a.nav-link', { href: path }, icon(symbol), h('span', {}, nav));
  renderBadge(link, badges.get(path));
  return link;
}

function iconLink({ path, icon: name, symbol }) {
  const link = h('a.icon-link', { href: path }, icon(symbol), h('span.visually-hidden', {}, name));
  renderBadge(link, badges.get(path));
  return link;
}

function renderBadge(link, badge) {
  link.querySelector('.count')?.remove();
  if (!badge) return;
  const text = badge.count > 99 ? '99+' : String(badge.count);
  link.append(
    h(
      'span.count',
      {},
      h('span.visually-hidden', {}, ', '),
      text,
      h('span.visually-hidden', {}, ` ${badge.description}`),
    ),
  );
}

function markCurrentLink() {
  for (const link of document.querySelectorAll('#nav a')) {
    const href = link.getAttribute('href');
    const current = href === location.pathname || (href !== '/' && location.pathname.startsWith(`${href}/`));
    if (current) link.setAttribute('aria-current', href === location.pathname ? 'page' : 'true');
    else link.removeAttribute('aria-current');
  }
}

function renderBanner() {
  const { profile } = session;
  // The page that asks to open the link says the same.
  const unverified = profile && !profile.email_verified && location.pathname !== VERIFICATION_PATH;
  const banner = document.getElementById('banner');
  if (!navigator.onLine)
    fill(banner, h('p.banner', { role: 'alert' }, 'You’re offline. Messages are sent when you’re back.'));
  else if (unverified) fill(banner, verificationBanner(profile));
  else if (session.signedIn && connectionState !== 'live')
    fill(banner, h('p.banner', { role: 'status' }, CONNECTION_TEXTS[connectionState]));
  else fill(banner);
}

function verificationBanner(profile) {
  return h(
    'div.banner',
    {},
    h('p', {}, 'Open the link we sent to ', h('strong', {}, profile.email), ' to verify your email address.'),
    sendAgainButton('link'),
    mailboxHint(),
  );
}
