// From addresses to views: links, the back button, titles, focus and scrolling.

import { fill, h, heading } from './dom.js';
import { clear } from './notices.js';
import { routes } from './routes.js';
import { resume, session } from './session.js';
import { explain } from './words.js';

const NOWHERE = { view: './views/not-found.js' };
const scrolled = new Map();
const opened = new EventTarget();
let leaving = new AbortController();
let started = false;

/** Calls back with the path whenever another view opens. */
export function whenOpened(listener) {
  opened.addEventListener('opened', () => listener(location.pathname));
}

/** Shows the view of the current address, and of each further one. */
export function start() {
  history.scrollRestoration = 'manual';
  document.addEventListener('click', follow);
  addEventListener('popstate', () => open());
  addEventListener('scroll', () => scrolled.set(key(), scrollY), { passive: true });
  return open();
}

/** Goes to an address of this site. */
export function go(address, { replace = false, state = {} } = {}) {
  clear();
  const entry = { ...state, key: Math.random() };
  if (replace) history.replaceState(entry, '', address);
  else history.pushState(entry, '', address);
  return open();
}

/** Changes the address, and what is kept with it, without opening another view. */
export function rename(address, state = history.state) {
  history.replaceState({ ...state, key: key() }, '', address);
}

/** Where to go after signing in: the page that was asked for, if it is one of ours. */
export function destination() {
  const wanted = new URL(new URLSearchParams(location.search).get('next') ?? '/', location.origin);
  const ours = wanted.origin === location.origin && find(wanted.pathname) !== NOWHERE;
  return ours ? wanted.pathname + wanted.search : '/';
}

/** Shows the view of the current address. */
export async function open() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { route, params } = match(location.pathname);
  const elsewhere = detour(route);
  if (elsewhere) return go(elsewhere, { replace: true });
  main().setAttribute('aria-busy', 'true');
  const shown = await load(route, params, signal);
  if (signal.aborted) return undefined;
  return show(shown);
}

async function load(route, params, signal) {
  if (session.status === 'unknown' && route.access) return unreachable();
  try {
    const { default: view } = await import(route.view);
    const query = new URLSearchParams(location.search);
    return await view({ params, query, state: history.state ?? {}, signal });
  } catch (error) {
    return signal.aborted ? null : failed(error);
  }
}

function show({ title, content }) {
  fill(main(), content).removeAttribute('aria-busy');
  document.title = title ? `${title} · Courtside` : 'Courtside';
  scrollTo(0, scrolled.get(key()) ?? 0);
  // At the very first view the browser puts the focus where readers expect it.
  if (started) main().querySelector('h1')?.focus({ preventScroll: true });
  started = true;
  opened.dispatchEvent(new Event('opened'));
}

/** People are sent to sign in where they must be, and away from there where they are. */
function detour(route) {
  if (route.access === 'in' && session.status === 'out') {
    const here = location.pathname + location.search;
    return `/login?next=${encodeURIComponent(here)}`;
  }
  return route.access === 'out' && session.signedIn ? destination() : null;
}

function failed(error) {
  // A part of the client itself that does not load is a lost connection as well.
  const offline = error instanceof TypeError && /import|module/i.test(error.message);
  const text = explain(offline ? { code: 'offline' } : error);
  return trouble(error.status === 404 ? 'Not found' : 'That did not work', text, open);
}

function unreachable() {
  return trouble('No connection', explain({ code: 'offline' }), () => resume().then(open));
}

function trouble(title, text, again) {
  const button = h('button.primary', { type: 'button', onclick: () => again() }, 'Try again');
  return { title, content: [heading(title), h('p', { role: 'alert' }, text), button] };
}

function follow(event) {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest?.('a[href]');
  if (!plain || !link || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  const within = url.pathname === location.pathname && url.search === location.search && url.hash;
  if (url.origin !== location.origin || within || find(url.pathname) === NOWHERE) return;
  event.preventDefault();
  go(url.pathname + url.search + url.hash);
}

const main = () => document.getElementById('main');
const key = () => history.state?.key ?? 'first';
const find = (path) => match(path).route;

function match(path) {
  const parts = path.replace(/(.)\/$/, '$1').split('/');
  for (const route of routes) {
    const params = fit(route.path.split('/'), parts);
    if (params) return { route, params };
  }
  return { route: NOWHERE, params: {} };
}

function fit(wanted, parts) {
  if (wanted.length !== parts.length) return null;
  const params = {};
  for (const [index, want] of wanted.entries()) {
    if (want.startsWith(':')) params[want.slice(1)] = decode(parts[index]);
    else if (want !== parts[index]) return null;
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
