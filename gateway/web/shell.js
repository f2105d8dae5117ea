// The frame around every view: navigation bar, account menu and banner.

import { mailboxHint } from './dev-mailbox.js';
import { avatar, fill, h } from './dom.js';
import { navigate, onViewOpened } from './router.js';
import { routes } from './routes.js';
import { onSessionChange, session, signOut } from './session.js';
import { showError, showToast } from './toasts.js';
import { sendAgainButton } from './verification.js';

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

/** Sets the banner for what goes on elsewhere, or removes it with null. */
export function setActivity(element) {
  fill(document.getElementById('activity'), element);
}

/** Renders the frame, and again whenever the session changes. */
export function start() {
  onSessionChange((current, previous) => {
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
  const { profile } = session;
  const menu = h('div.menu', { id: 'menu', popover: true },
    h('p.account', {}, h('strong', {}, profile.display_name), h('span', {}, `@${profile.username}`)),
    routes.filter((route) => route.menu).map((route) => textLink(route.path, route.menu)),
    h('button', { type: 'button', onclick: logOut }, 'Log out'));
  menu.addEventListener('click', () => menu.hidePopover());
  const menuButton = h('button.menu-button', { type: 'button', popovertarget: 'menu', 'aria-label': 'Your menu' },
    avatar(profile, 34));
  const links = routes.filter((route) => route.nav).map((route) => navLink(route));
  const icons = routes.filter((route) => route.icon).map((route) => iconLink(route));
  return [h('div.nav-links', {}, links), icons, menuButton, menu];
}

const textLink = (href, text) => h('a', { href }, text);

function navLink({ path, nav }) {
  const link = h('a.nav-link', { href: path }, h('span', {}, nav));
  renderBadge(link, badges.get(path));
  return link;
}

function iconLink({ path, icon: name }) {
  const link = h('a.icon-link', { href: path }, h('span.visually-hidden', {}, name));
  renderBadge(link, badges.get(path));
  return link;
}

function renderBadge(link, badge) {
  link.querySelector('.count')?.remove();
  if (!badge) return;
  const text = badge.count > 99 ? '99+' : String(badge.count);
  link.append(h('span.count', {}, h('span.visually-hidden', {}, ', '), text, h('span.visually-hidden', {}, ` ${badge.description}`)));
}

async function logOut() {
  try {
    await signOut();
    await navigate('/', { replace: true });
    showToast('You are logged out.');
  } catch (error) {
    showError(error);
  }
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
  if (!navigator.onLine) fill(banner, h('p.banner', { role: 'alert' }, 'You’re offline. Messages are sent when you’re back.'));
  else if (unverified) fill(banner, verificationBanner(profile));
  else if (session.signedIn && connectionState !== 'live') fill(banner, h('p.banner', { role: 'status' }, CONNECTION_TEXTS[connectionState]));
  else fill(banner);
}

function verificationBanner(profile) {
  return h('div.banner', {},
    h('p', {}, 'Open the link we sent to ', h('strong', {}, profile.email), ' to verify your email address.'),
    sendAgainButton('link'),
    mailboxHint());
}
