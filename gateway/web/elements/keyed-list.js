// @ts-check
// Lists that change on screen: unchanged rows keep their elements, and with them focus and state.

/**
 * Returns a function that renders rows as the children of `list`. `keyOf` identifies a row; `render`
 * creates its element, again only when the row is another object.
 * @template Row
 * @param {HTMLElement} list
 * @param {(row: Row) => unknown} keyOf
 * @param {(row: Row) => HTMLElement} render
 * @returns {(rows: Row[]) => void}
 */
export function keyedList(list, keyOf, render) {
  /** @type {Map<unknown, { row: Row, element: HTMLElement }>} */
  const rendered = new Map();
  return (rows) => {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focused = list.contains(active) ? active : null;
    const keys = new Set(rows.map(keyOf));
    for (const [key, { element }] of rendered) {
      if (keys.has(key)) continue;
      element.remove();
      rendered.delete(key);
    }
    /** @type {HTMLElement | null} */
    let previous = null;
    for (const row of rows) {
      const element = renderRow(rendered, keyOf(row), row, render);
      /** @type {ChildNode | null} */
      const next = previous ? previous.nextSibling : list.firstChild;
      if (element !== next) list.insertBefore(element, next);
      previous = element;
    }
    restoreFocus(focused, list);
  };
}

/**
 * @template Row
 * @param {Map<unknown, { row: Row, element: HTMLElement }>} rendered
 * @param {unknown} key
 * @param {Row} row
 * @param {(row: Row) => HTMLElement} render
 */
function renderRow(rendered, key, row, render) {
  const old = rendered.get(key);
  if (old?.row === row) return old.element;
  const element = render(row);
  if (old) {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    if (active && old.element.contains(active)) element.dataset.focus = controlId(active);
    old.element.replaceWith(element);
  }
  rendered.set(key, { row, element });
  return element;
}

/**
 * Identifies a control across two renderings of its row.
 * @param {HTMLElement} control
 */
const controlId = (control) => control.getAttribute('href') ?? control.dataset.action ?? '';

/**
 * Restores focus to the focused element, or to the control that replaced it.
 * @param {HTMLElement | null} focused
 * @param {HTMLElement} list
 */
function restoreFocus(focused, list) {
  if (!focused || document.activeElement === focused) return;
  if (focused.isConnected) return void focused.focus({ preventScroll: true });
  /** @type {HTMLElement | null} */
  const replacement = list.querySelector('[data-focus]');
  const id = replacement?.dataset.focus;
  replacement?.removeAttribute('data-focus');
  const controls = controlsIn(replacement ?? list);
  /** @type {HTMLElement | null | undefined} */
  const target =
    controls.find((control) => id && controlId(control) === id) ??
    controls[0] ??
    /** @type {HTMLElement | null} */ (list.closest('[tabindex]') ?? document.querySelector('main h1'));
  target?.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} element
 * @returns {HTMLElement[]}
 */
const controlsIn = (element) => [...element.querySelectorAll(/** @type {'a'} */ ('a[href], button'))];
