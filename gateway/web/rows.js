// Lists that change while they are looked at: what stayed the same stays as it is, and with it the
// focus and what is open in it.

/**
 * Keeps the children of an element true to rows: gives a function that takes them. `keyOf` tells
 * rows apart, `render` makes the element of one; it is made anew when the row is another object.
 */
export function rows(list, keyOf, render) {
  const shown = new Map();
  return (next) => {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const keys = new Set(next.map(keyOf));
    for (const [key, { element }] of shown) {
      if (keys.has(key)) continue;
      element.remove();
      shown.delete(key);
    }
    let before = null;
    for (const row of next) {
      const element = drawn(shown, keyOf(row), row, render);
      const place = before ? before.nextSibling : list.firstChild;
      if (element !== place) list.insertBefore(element, place);
      before = element;
    }
    restore(focused, list);
  };
}

function drawn(shown, key, row, render) {
  const old = shown.get(key);
  if (old?.row === row) return old.element;
  const element = render(row);
  if (old) {
    if (old.element.contains(document.activeElement)) element.dataset.focus = twin(document.activeElement);
    old.element.replaceWith(element);
  }
  shown.set(key, { row, element });
  return element;
}

/** What the same thing is called in the element that takes its place. */
const twin = (focused) => focused.getAttribute('href') ?? focused.dataset.deed ?? '';

/** Gives the focus back to what had it, or to what stands in its place. */
function restore(focused, list) {
  if (!focused || document.activeElement === focused) return;
  if (focused.isConnected) return void focused.focus({ preventScroll: true });
  const replaced = list.querySelector('[data-focus]');
  const wanted = replaced?.dataset.focus;
  replaced?.removeAttribute('data-focus');
  const within = replaced ? inside(replaced) : inside(list);
  const next = within.find((one) => wanted && twin(one) === wanted) ?? within[0]
    ?? list.closest('[tabindex]') ?? document.querySelector('main h1');
  next?.focus({ preventScroll: true });
}

const inside = (element) => [...element.querySelectorAll('a[href], button')];
