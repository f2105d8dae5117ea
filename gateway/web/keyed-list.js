// Lists that change on screen: unchanged rows keep their elements, and with them focus and state.

/**
 * Returns a function that renders rows as the children of `list`. `keyOf` identifies a row; `render`
 * creates its element, again only when the row is another object.
 */
export function keyedList(list, keyOf, render) {
  const rendered = new Map();
  return (rows) => {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const keys = new Set(rows.map(keyOf));
    for (const [key, { element }] of rendered) {
      if (keys.has(key)) continue;
      element.remove();
      rendered.delete(key);
    }
    let previous = null;
    for (const row of rows) {
      const element = renderRow(rendered, keyOf(row), row, render);
      const next = previous ? previous.nextSibling : list.firstChild;
      if (element !== next) list.insertBefore(element, next);
      previous = element;
    }
    restoreFocus(focused, list);
  };
}

function renderRow(rendered, key, row, render) {
  const old = rendered.get(key);
  if (old?.row === row) return old.element;
  const element = render(row);
  if (old) {
    if (old.element.contains(document.activeElement)) element.dataset.focus = controlId(document.activeElement);
    old.element.replaceWith(element);
  }
  rendered.set(key, { row, element });
  return element;
}

/** Identifies a control across two renderings of its row. */
const controlId = (control) => control.getAttribute('href') ?? control.dataset.action ?? '';

/** Restores focus to the focused element, or to the control that replaced it. */
function restoreFocus(focused, list) {
  if (!focused || document.activeElement === focused) return;
  if (focused.isConnected) return void focused.focus({ preventScroll: true });
  const replacement = list.querySelector('[data-focus]');
  const id = replacement?.dataset.focus;
  replacement?.removeAttribute('data-focus');
  const controls = controlsIn(replacement ?? list);
  const target = controls.find((control) => id && controlId(control) === id) ?? controls[0]
    ?? list.closest('[tabindex]') ?? document.querySelector('main h1');
  target?.focus({ preventScroll: true });
}

const controlsIn = (element) => [...element.querySelectorAll('a[href], button')];
