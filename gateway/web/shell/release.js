// The release of the client that this page belongs to: its files, and what happens when the server has another.

const FOLDER = new URL('..', import.meta.url);
/** The release for which the page was reloaded; `boot.js` knows it as well. */
const RELOADED = 'courtside.reloaded';

/** The address of a file of this release, such as `/styles/chat.css`. */
export const fileUrl = (path) => new URL(`.${path}`, FOLDER).href;

/** Whether the server is reachable and has the files of this release no more. */
export async function isOutdated() {
  try {
    return (await fetch(fileUrl('/files.json'), { cache: 'no-store' })).status === 404;
  } catch {
    return false;
  }
}

/** Reloads the page, once for each release; false if that was done already. */
export function reloadOnce() {
  try {
    if (sessionStorage.getItem(RELOADED) === FOLDER.pathname) return false;
    sessionStorage.setItem(RELOADED, FOLDER.pathname);
  } catch {
    return false;
  }
  location.reload();
  return true;
}

/** Registers the service worker, which opens the client without a connection, when the browser has time. */
export function registerServiceWorker() {
  const register = () =>
    navigator.serviceWorker?.register('/service-worker.js', { updateViaCache: 'none' }).catch(() => {});
  if ('requestIdleCallback' in window) requestIdleCallback(register);
  else setTimeout(register, 2_000);
}
