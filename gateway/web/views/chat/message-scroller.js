// @ts-check
// What scrolls in a chat: it stays at the newest message, or where the reader is, and loads older messages.

import { elementOf } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { onAbort } from '../../live/abort.js';
import { html } from '../../vendor/lit.js';

/** @typedef {import('./chat-panel.js').Chat} Chat */

/** Within this distance in pixels, the list counts as scrolled to the end. */
const END_TOLERANCE = 80;

/**
 * The scroller around a list of messages, and the button that leads back to the end. `around` runs a rendering
 * and keeps the place; `onSeen` is called whenever the newest message may have come into sight.
 *
 * @param {{ chat: Chat, list: HTMLElement, onSeen: () => void, signal: AbortSignal }} options
 */
export function messageScroller({ chat, list, onSeen, signal }) {
  const older = elementOf(html`<button type="button" class="older" tabindex="-1" hidden>Show older messages</button>`);
  const newer = elementOf(html`<button type="button" class="newer" hidden>New messages ↓</button>`);
  const scroller = elementOf(
    html`<div class="scroller" tabindex="-1" role="log" aria-label="Messages">${older}${list}</div>`,
  );
  const end = trackEnd(scroller, newer, () => seen());
  const seen = () => {
    if (end.isNear && scroller.isConnected) onSeen();
  };
  const load = () => loadOlder(chat, scroller, older);
  older.addEventListener('click', load);
  chat.hasOlder.subscribe((/** @type {boolean} */ more) => {
    older.hidden = !more;
  }, signal);
  document.addEventListener('visibilitychange', seen, { signal });
  addEventListener('focus', seen, { signal });
  onFirstLayout(scroller, signal, () => {
    end.scrollTo();
    seen();
    whenInSight(older, scroller, load, signal);
  });
  return { scroller, newer, around: keepPlace(list, newer, end, seen) };
}

/**
 * Returns a function that runs a rendering and then scrolls to the end, or says that there are new messages.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} newer
 * @param {ReturnType<typeof trackEnd>} end
 * @param {() => void} seen
 */
function keepPlace(list, newer, end, seen) {
  /** @param {() => void} rendering */
  return (rendering) => {
    const last = list.lastElementChild;
    rendering();
    if (end.isNear) end.scrollTo();
    else newer.hidden = newer.hidden && list.lastElementChild === last;
    seen();
  };
}

/**
 * Tracks whether the newest message is in sight, and scrolls to it.
 *
 * @param {HTMLElement} scroller
 * @param {HTMLElement} newer
 * @param {() => void} onScroll
 */
function trackEnd(scroller, newer, onScroll) {
  const end = { isNear: true, scrollTo: () => scroller.scrollTo({ top: scroller.scrollHeight }) };
  const track = () => {
    end.isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < END_TOLERANCE;
    if (end.isNear) newer.hidden = true;
    onScroll();
  };
  scroller.addEventListener('scroll', track, { passive: true });
  newer.addEventListener('click', () => {
    end.scrollTo();
    scroller.focus();
  });
  return end;
}

/**
 * Loads older messages and keeps the visible ones in place.
 *
 * @param {Chat} chat
 * @param {HTMLElement} scroller
 * @param {HTMLElement} older
 */
async function loadOlder(chat, scroller, older) {
  if (older.getAttribute('aria-disabled')) return;
  older.setAttribute('aria-disabled', 'true');
  // Keeps screen readers from announcing older messages as new ones.
  scroller.setAttribute('aria-busy', 'true');
  const distanceFromEnd = scroller.scrollHeight - scroller.scrollTop;
  const hadFocus = document.activeElement === older;
  try {
    await chat.loadOlder();
    scroller.scrollTop = scroller.scrollHeight - distanceFromEnd;
    if (hadFocus && older.hidden) scroller.focus({ preventScroll: true });
  } catch (error) {
    showError(error);
  } finally {
    older.removeAttribute('aria-disabled');
    scroller.removeAttribute('aria-busy');
  }
}

/**
 * Calls back whenever an element comes into sight.
 *
 * @param {HTMLElement} element
 * @param {HTMLElement} root
 * @param {() => void} callback
 * @param {AbortSignal} signal
 */
function whenInSight(element, root, callback, signal) {
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (entry?.isIntersecting) callback();
    },
    { root },
  );
  observer.observe(element);
  onAbort(signal, () => observer.disconnect());
}

/**
 * Views are created detached, without a layout; calls back once the element has one.
 *
 * @param {HTMLElement} element
 * @param {AbortSignal} signal
 * @param {() => void} callback
 */
function onFirstLayout(element, signal, callback) {
  const observer = new ResizeObserver(() => {
    if (!element.isConnected) return;
    observer.disconnect();
    callback();
  });
  observer.observe(element);
  onAbort(signal, () => observer.disconnect());
}
