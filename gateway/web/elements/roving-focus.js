// @ts-check
// Lists that are one tab stop; the arrow keys move within them.

const CONTROLS = 'a[href], button';

/**
 * Makes the elements of `container` that match `selector` one tab stop, of which one is active: the last
 * one that had the focus, or `initial(items)`. Controls within an element can be reached while it is active.
 * Returns a function to call after elements have come or gone.
 * @param {HTMLElement} container
 * @param {string} selector
 * @param {(items: HTMLElement[]) => HTMLElement | undefined} [initial]
 */
export function rovingFocus(container, selector, initial = (items) => items[0]) {
  /** @type {HTMLElement | null} */
  let active = null;
  /** @returns {HTMLElement[]} */
  const items = () => [...container.querySelectorAll(/** @type {'a'} */ (selector))];
  /** @param {HTMLElement | null} item */
  const activate = (item) => {
    if (active && active !== item) setReachable(active, false);
    active = item;
    if (item) setReachable(item, true);
  };
  const refresh = () => {
    const all = items();
    for (const item of all) if (item !== active) setReachable(item, false);
    if (!active || !all.includes(active) || !container.contains(document.activeElement)) activate(initial(all) ?? null);
  };
  container.addEventListener('focusin', ({ target }) => {
    const item = itemOf(target, selector);
    if (item) activate(item);
  });
  container.addEventListener('keydown', (event) => {
    const item = itemOf(event.target, selector);
    const next = item && !event.altKey && !event.ctrlKey && !event.metaKey && neighbour(items(), item, event.key);
    if (!next) return;
    event.preventDefault();
    activate(next);
    next.focus();
  });
  return refresh;
}

/**
 * @param {EventTarget | null} target
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
const itemOf = (target, selector) => /** @type {HTMLElement} */ (target).closest(selector);

/**
 * @param {HTMLElement[]} items
 * @param {HTMLElement} item
 * @param {string} key
 */
function neighbour(items, item, key) {
  const index = items.indexOf(item);
  /** @type {Record<string, number>} */
  const targets = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 };
  return items[targets[key] ?? -1];
}

/**
 * @param {HTMLElement} item
 * @param {boolean} reachable
 */
function setReachable(item, reachable) {
  item.tabIndex = reachable ? 0 : -1;
  for (const control of item.querySelectorAll(/** @type {'a'} */ (CONTROLS))) {
    if (reachable) control.removeAttribute('tabindex');
    else control.tabIndex = -1;
  }
}
