// Lists that are one tab stop; the arrow keys move within them.

const CONTROLS = 'a[href], button';

/**
 * Makes the elements of `container` that match `selector` one tab stop, of which one is active: the last
 * one that had the focus, or `initial(items)`. Controls within an element can be reached while it is active.
 * Returns a function to call after elements have come or gone.
 */
export function rovingFocus(container, selector, initial = (items) => items[0]) {
  let active = null;
  const items = () => [...container.querySelectorAll(selector)];
  const activate = (item) => {
    if (active && active !== item) setReachable(active, false);
    active = item;
    if (item) setReachable(item, true);
  };
  const refresh = () => {
    const all = items();
    for (const item of all) if (item !== active) setReachable(item, false);
    if (!all.includes(active) || !container.contains(document.activeElement)) activate(initial(all) ?? null);
  };
  container.addEventListener('focusin', ({ target }) => {
    const item = target.closest(selector);
    if (item) activate(item);
  });
  container.addEventListener('keydown', (event) => {
    const item = event.target.closest(selector);
    const next = item && !event.altKey && !event.ctrlKey && !event.metaKey && neighbour(items(), item, event.key);
    if (!next) return;
    event.preventDefault();
    activate(next);
    next.focus();
  });
  return refresh;
}

function neighbour(items, item, key) {
  const index = items.indexOf(item);
  const targets = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 };
  return items[targets[key]];
}

function setReachable(item, reachable) {
  item.tabIndex = reachable ? 0 : -1;
  for (const control of item.querySelectorAll(CONTROLS)) {
    if (reachable) control.removeAttribute('tabindex');
    else control.tabIndex = -1;
  }
}
