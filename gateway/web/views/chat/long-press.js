// @ts-check
// Long presses on touch screens.

const DURATION = 500;
/** A finger that moves further scrolls. */
const TOLERANCE = 10;

/**
 * Calls back with the element that matches `selector` when a finger rests on it.
 *
 * @param {HTMLElement} container
 * @param {string} selector
 * @param {(element: HTMLElement) => void} callback
 */
export function onLongPress(container, selector, callback) {
  /** @type {{ x: number, y: number, timer: number } | null} */
  let press = null;
  let hasFired = false;
  const cancel = () => {
    clearTimeout(press?.timer);
    press = null;
  };
  container.addEventListener('pointerdown', ({ pointerType, target, clientX: x, clientY: y }) => {
    cancel();
    hasFired = false;
    const element = target instanceof Element ? target.closest(selector) : null;
    if (pointerType !== 'touch' || !(element instanceof HTMLElement)) return;
    const timer = setTimeout(() => {
      cancel();
      hasFired = true;
      callback(element);
    }, DURATION);
    press = { x, y, timer };
  });
  container.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (press && Math.hypot(clientX - press.x, clientY - press.y) > TOLERANCE) cancel();
  });
  for (const name of ['pointerup', 'pointercancel', 'scroll']) container.addEventListener(name, cancel);
  // Lifting the finger is no click on what has opened below it.
  container.addEventListener('touchend', (event) => {
    if (hasFired) event.preventDefault();
  });
  // The browser's own menu would end the press.
  container.addEventListener('contextmenu', (event) => {
    if (press || event.pointerType === 'touch') event.preventDefault();
  });
}
