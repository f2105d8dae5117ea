// Client-side routing: links, history, titles, focus and scroll positions.

import { connection } from '../live/connection.js';
import { fill, h, heading } from '../elements/dom.js';
import { errorMessage } from '../elements/format.js';
import { isOutdated, reloadOnce } from './release.js';
import { setPageTitle } from './page-title.js';
import { routes } from './routes.js';
import { session } from '../api/session.js';
import { render as renderTemplate } from '../vendor/lit.js';
import { clearToasts } from '../elements/toasts.js';

const NOT_FOUND = { view: '../views/not-found.js' };
const scrollPositions = new Map();
const viewEvents = new EventTarget();
/** The view on screen, whose controller ends it. It stays until the next one is loaded. */
let shown = { controller: new AbortController(), address: null, entry: null, status: null, isOffline: false };
/** Ends the loading of the next view. */
let loading = new AbortController();

/** Calls back whenever a view has opened. */
export function onViewOpened(listener) {
  viewEvents.addEventListener('opened', listener);
}

/** Resolves when the view of the current address is open. */
export function viewReady() {
  if (!main().hasAttribute('aria-busy')) return Promise.resolve();
  return new Promise((resolve) => viewEvents.addEventListener('opened', resolve, { once: true }));
}

/** Opens the view of the current address and handles navigation from then on. */
export function start() {
  history.scrollRestoration = 'manual';
  document.addEventListener('click', onLinkClick);
  addEventListener('popstate', onPopState);
  addEventListener('scroll', () => isShown() && scrollPositions.set(entryKey(), scrollY), { passive: true });
  return openCurrentView();
}

/** Navigates to an address of this site. */
export function navigate(address, { replace = false, state = {} } = {}) {
  clearToasts();
  const entry = { ...state, key: Math.random() };
  if (replace) history.replaceState(entry, '', address);
  else history.pushState(entry, '', address);
  return openCurrentView();
}

/**
 * Replaces the address and the history state without opening a view. A view that has been left, but is
 * still on screen, has no say in the address.
 */
export function replaceAddress(address, state = history.state) {
  const belongsToShown = isShown();
  if (!belongsToShown && new URL(address, location.href).pathname !== location.pathname) return;
  history.replaceState({ ...state, key: entryKey() }, '', address);
  if (belongsToShown) [shown.address, shown.entry] = [currentAddress(), entryKey()];
}

/** Opens the view of the current address. The one on screen stays until it is loaded. */
export async function openCurrentView() {
  loading.abort();
  const { route, params } = match(location.pathname);
  const target = redirectFor(route);
  if (target) return navigate(target, { replace: true });
  loading = new AbortController();
  const { signal } = loading;
  // A view is not open twice: its second socket would replace the first one.
  if (shown.address === currentAddress() || shown.status !== session.status || shown.isOffline)
    shown.controller.abort();
  main().setAttribute('aria-busy', 'true');
  const result = await loadView(route, params, signal);
  if (signal.aborted || !result) return undefined;
  return result.isOffline && !shown.controller.signal.aborted ? keepShown(result) : render(result, signal);
}

async function loadView(route, params, signal) {
  // The view opens when the session is restored.
  if (session.status === 'unknown' && route.access) return offlineView(() => session.restore());
  try {
    const { default: view } = await import(route.view);
    const query = new URLSearchParams(location.search);
    return await view({ params, query, state: history.state ?? {}, signal });
  } catch (error) {
    if (isLoadError(error) && (await isOutdated())) return outdatedView();
    return signal.aborted ? null : failedView(error, signal);
  }
}

/** Whether a module of the client could not be loaded. */
const isLoadError = (error) => error instanceof TypeError && /import|module/i.test(error.message);

/** The server was updated and has the files of this page no more. What was written is kept across reloads. */
function outdatedView() {
  if (reloadOnce()) return null;
  const reload = h('button.primary', { type: 'button', onclick: () => location.reload() }, 'Reload');
  return errorView('Courtside was updated', 'Reload the page to continue.', [reload]);
}

function render({ title, content, isOffline = false }, signal) {
  const isFirst = !shown.address;
  shown.controller.abort();
  shown = { controller: loading, address: currentAddress(), entry: entryKey(), status: session.status, isOffline };
  loading = new AbortController();
  fill(notice());
  fill(main(), rendered(content)).removeAttribute('aria-busy');
  setPageTitle(title);
  scrollTo(0, scrollPositions.get(entryKey()) ?? 0);
  // On the first page load the browser already focuses where screen readers expect it.
  if (!isFirst) main().querySelector('h1')?.focus({ preventScroll: true });
  if (!signal.aborted) viewEvents.dispatchEvent(new Event('opened'));
}

/** The content of a view, a template or nodes, in an element of its own: templates of two views never share nodes. */
function rendered(content) {
  const view = h('div.view');
  renderTemplate(content, view);
  return view;
}

/** Leaves the view on screen, to be read and written in, while the next one cannot be loaded. */
function keepShown({ retry }) {
  main().removeAttribute('aria-busy');
  const button = h('button.link', { type: 'button', onclick: () => retry() }, 'Try again');
  fill(
    notice(),
    h(
      'div.banner',
      { role: 'alert' },
      h('p', {}, 'The server is unreachable. The page opens as soon as it can be loaded.'),
      button,
    ),
  );
}

/** Whether the view on screen is the one of the current history entry. */
const isShown = () => shown.entry === entryKey() && shown.address === currentAddress();

function onPopState() {
  if (jumpTarget(location.hash)) return undefined;
  const hasStayed = isShown() && !shown.controller.signal.aborted;
  if (!hasStayed) return openCurrentView();
  loading.abort();
  fill(notice());
  return main().removeAttribute('aria-busy');
}

/** The element within the page that a fragment names. */
const jumpTarget = (hash) => (hash.length > 1 ? document.getElementById(hash.slice(1)) : null);

/** The address to open instead of a route that has moved, or that the session does not allow. */
function redirectFor(route) {
  if (route.redirect) return route.redirect;
  if (route.access === 'signed-in' && session.status === 'signed-out') {
    const current = location.pathname + location.search;
    return `/login?next=${encodeURIComponent(current)}`;
  }
  return route.access === 'signed-out' && session.signedIn ? addressAfterLogin() : null;
}

/** The `next` address if it is one of this client's, else the home page. */
function addressAfterLogin() {
  const next = new URL(new URLSearchParams(location.search).get('next') ?? '/', location.origin);
  const isOwn = next.origin === location.origin && routeOf(next.pathname) !== NOT_FOUND;
  return isOwn ? next.pathname + next.search : '/';
}

function failedView(error, signal) {
  // A module of the client that fails to load means a lost connection too.
  if (error.code === 'offline' || isLoadError(error)) {
    connection.restored(signal).then(openCurrentView);
    return offlineView(openCurrentView);
  }
  if (error.status === 404) return errorView('Page not found', errorMessage(error), [homeLink()]);
  return errorView('Something went wrong', errorMessage(error), [retryButton(openCurrentView)]);
}

function offlineView(retry) {
  return {
    ...errorView('No connection', errorMessage({ code: 'offline' }), [retryButton(retry)]),
    isOffline: true,
    retry,
  };
}

function errorView(title, text, actions) {
  const back = shown.address && !isShown() && h('a.button', { href: shown.address }, 'Go back');
  return {
    title,
    content: [heading(title), h('p', { role: 'alert' }, text), h('div.actions', {}, actions, back || null)],
  };
}

const retryButton = (retry) => h('button.primary', { type: 'button', onclick: () => retry() }, 'Try again');
const homeLink = () => h('a.button.primary', { href: '/' }, 'Home');

function onLinkClick(event) {
  const plainClick = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest?.('a[href]');
  if (!plainClick || !link || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin) return;
  const isFragment = url.pathname + url.search === currentAddress() && url.hash;
  if (isFragment) return void jumpTo(url.hash, event);
  if (routeOf(url.pathname) === NOT_FOUND) return;
  event.preventDefault();
  navigate(url.pathname + url.search + url.hash);
}

/** Moves the focus within the page. The view and its history entry stay. */
function jumpTo(hash, event) {
  const target = jumpTarget(hash);
  if (!target) return;
  event.preventDefault();
  const focusable = target.querySelector('h1') ?? target;
  focusable.focus();
  focusable.scrollIntoView({ block: 'nearest' });
}

const main = () => document.getElementById('main');
const notice = () => document.getElementById('notice');
const currentAddress = () => location.pathname + location.search;
const entryKey = () => history.state?.key ?? 'first';
const routeOf = (path) => match(path).route;

function match(path) {
  const segments = path.replace(/(.)\/$/, '$1').split('/');
  for (const route of routes) {
    const params = matchSegments(route.path.split('/'), segments);
    if (params) return { route, params };
  }
  return { route: NOT_FOUND, params: {} };
}

function matchSegments(pattern, segments) {
  if (pattern.length !== segments.length) return null;
  const params = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decode(segments[index]);
    else if (part !== segments[index]) return null;
  }
  return params;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
