// Client-side routing: links, history, titles, focus and scroll positions.

import { fill, h, heading } from './dom.js';
import { errorMessage } from './format.js';
import { routes } from './routes.js';
import { restoreSession, session } from './session.js';
import { clearToasts } from './toasts.js';

const NOT_FOUND = { view: './views/not-found.js' };
const scrollPositions = new Map();
const viewEvents = new EventTarget();
let currentView = new AbortController();
let hasRendered = false;

/** Calls back whenever a view has opened. */
export function onViewOpened(listener) {
  viewEvents.addEventListener('opened', listener);
}

/** Opens the view of the current address and handles navigation from then on. */
export function start() {
  history.scrollRestoration = 'manual';
  document.addEventListener('click', onLinkClick);
  addEventListener('popstate', () => openCurrentView());
  addEventListener('scroll', () => scrollPositions.set(entryKey(), scrollY), { passive: true });
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

/** Replaces the address and the history state without opening a view. */
export function replaceAddress(address, state = history.state) {
  history.replaceState({ ...state, key: entryKey() }, '', address);
}

/** Opens the view of the current address. */
export async function openCurrentView() {
  currentView.abort();
  currentView = new AbortController();
  const { signal } = currentView;
  const { route, params } = match(location.pathname);
  const target = redirectFor(route);
  if (target) return navigate(target, { replace: true });
  main().setAttribute('aria-busy', 'true');
  const result = await loadView(route, params, signal);
  if (signal.aborted) return undefined;
  return render(result);
}

async function loadView(route, params, signal) {
  if (session.status === 'unknown' && route.access) return unreachableView();
  try {
    const { default: view } = await import(route.view);
    const query = new URLSearchParams(location.search);
    return await view({ params, query, state: history.state ?? {}, signal });
  } catch (error) {
    return signal.aborted ? null : failedView(error);
  }
}

function render({ title, content }) {
  fill(main(), content).removeAttribute('aria-busy');
  document.title = title ? `${title} · Courtside` : 'Courtside';
  scrollTo(0, scrollPositions.get(entryKey()) ?? 0);
  // On the first page load the browser already focuses where screen readers expect it.
  if (hasRendered) main().querySelector('h1')?.focus({ preventScroll: true });
  hasRendered = true;
  viewEvents.dispatchEvent(new Event('opened'));
}

/** The address to open instead of a route that the session does not allow. */
function redirectFor(route) {
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

function failedView(error) {
  // A module of the client that fails to load means a lost connection too.
  const offline = error instanceof TypeError && /import|module/i.test(error.message);
  const text = errorMessage(offline ? { code: 'offline' } : error);
  return errorView(error.status === 404 ? 'Not found' : 'Something went wrong', text, openCurrentView);
}

function unreachableView() {
  return errorView('No connection', errorMessage({ code: 'offline' }), () => restoreSession().then(openCurrentView));
}

function errorView(title, text, retry) {
  const button = h('button.primary', { type: 'button', onclick: () => retry() }, 'Try again');
  return { title, content: [heading(title), h('p', { role: 'alert' }, text), button] };
}

function onLinkClick(event) {
  const plainClick = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest?.('a[href]');
  if (!plainClick || !link || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  const isFragment = url.pathname === location.pathname && url.search === location.search && url.hash;
  if (url.origin !== location.origin || isFragment || routeOf(url.pathname) === NOT_FOUND) return;
  event.preventDefault();
  navigate(url.pathname + url.search + url.hash);
}

const main = () => document.getElementById('main');
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
