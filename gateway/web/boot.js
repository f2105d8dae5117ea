// Runs before the modules: loads early what depends on the session, and reloads a page that cannot start.
{
  const folder = new URL('.', document.currentScript.src);

  const read = (storage, name) => {
    try {
      return window[storage].getItem(`courtside.${name}`);
    } catch {
      // Storage may be blocked.
      return null;
    }
  };

  const preload = (path) => {
    const link = document.createElement('link');
    if (path.endsWith('.js')) link.rel = 'modulepreload';
    else Object.assign(link, { rel: 'preload', as: path.endsWith('.css') ? 'style' : 'fetch' });
    if (link.as === 'fetch') link.crossOrigin = '';
    link.href = new URL(path, folder).href;
    document.head.append(link);
  };

  /** Between two releases, a page may be of one and its files of the other. The next page is likely whole. */
  const recover = () => {
    if (read('sessionStorage', 'reloaded') !== folder.pathname) {
      try {
        sessionStorage.setItem('courtside.reloaded', folder.pathname);
        return location.reload();
      } catch {
        // Reloading might never end.
      }
    }
    const reload = Object.assign(document.createElement('a'), { href: location.href, textContent: 'Reload the page' });
    const text = Object.assign(document.createElement('p'), {
      className: 'card',
      role: 'alert',
      textContent: 'Courtside could not be loaded. It may be in the middle of an update. ',
    });
    text.append(reload);
    document.getElementById('main').replaceChildren(text);
    return undefined;
  };

  const session = read('localStorage', 'signed-in') ? 'signed-in' : 'signed-out';
  const wanted = document.querySelector(`meta[name="preload-${session}"]`);
  for (const path of wanted?.content.split(' ') ?? []) preload(path);
  // The script fails if any of the modules that it imports does.
  addEventListener(
    'error',
    ({ target }) => target instanceof HTMLScriptElement && target.type === 'module' && recover(),
    true,
  );
}
