// Opens the client without a connection. It keeps the files of a release, which never change, and nothing
// else: no response of the API. The server puts the release in.

const RELEASE = '{release}';
const FOLDER = `/web/${RELEASE}/`;
const CACHE_PREFIX = 'courtside-web-';
const CACHE = CACHE_PREFIX + RELEASE;
/** Files that change at their address are not kept. */
const IS_DEVELOPMENT = RELEASE === 'development';
/** Pages that are open may need the files of the release before. */
const MAX_RELEASES = 2;
/** Pages of the server itself. */
const SERVER_PAGES = /^\/(api|dev|docs|web)\//;

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (IS_DEVELOPMENT || event.request.method !== 'GET' || origin !== location.origin) return;
  if (event.request.mode === 'navigate' && !SERVER_PAGES.test(pathname)) event.respondWith(openPage(event));
  else if (pathname.startsWith('/web/')) event.respondWith(openFile(event.request));
});

/** Keeps all files of the release, or fails. Those that the page has loaded come from the browser's cache. */
async function install() {
  if (!IS_DEVELOPMENT) {
    const list = await fetch(`${FOLDER}files.json`);
    if (!list.ok) throw new Error('The server has another release.');
    const cache = await caches.open(CACHE);
    await cache.addAll((await list.json()).map((path) => FOLDER + path));
  }
  // Open pages go on with their own files.
  await self.skipWaiting();
}

async function activate() {
  const known = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
  const others = known.filter((name) => name !== CACHE);
  const kept = IS_DEVELOPMENT ? [] : others.slice(1 - MAX_RELEASES);
  await Promise.all(others.filter((name) => !kept.includes(name)).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** The page of the server, whatever its release; the kept one where the server is unreachable. */
async function openPage({ request, preloadResponse }) {
  const kept = () => caches.match(`${FOLDER}index.html`, { ignoreVary: true });
  try {
    const response = (await preloadResponse) ?? (await fetch(request));
    return response.status < 500 ? response : ((await kept()) ?? response);
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}

async function openFile(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
