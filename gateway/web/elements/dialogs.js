// @ts-check
// Modal dialogs.

import { h, uniqueId } from './dom.js';

/** @import { Children } from './dom.js' */

/** The rejection of a dialog that was canceled. */
class Canceled extends Error {
  /** @override */
  name = 'Canceled';
}

const FIRST_CONTROL = 'input:not([hidden]), select, textarea, .primary, .danger';

/**
 * Opens a dialog and waits for its result. `render` gets `done` and returns the content; Escape and
 * the cancel button reject with `Canceled`. Focus returns to where it was.
 * @template Result
 * @param {string} title
 * @param {(done: (result: Result) => void, dialog: HTMLDialogElement) => Children} render
 * @returns {Promise<Result>}
 */
export function openDialog(title, render) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const id = uniqueId('dialog');
  const cancel = h('button.quiet.close', { type: 'button', 'aria-label': 'Cancel' }, '×');
  const dialog = h('dialog', { 'aria-labelledby': id }, cancel, h('h2', { id }, title));
  const previousFocus = /** @type {HTMLElement | null} */ (document.activeElement);
  let settle = () => reject(new Canceled());
  /** @param {Result} result */
  const done = (result) => {
    settle = () => resolve(result);
    dialog.close();
  };
  dialog.append(h('div.stack', {}, render(done, dialog)));
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    previousFocus?.focus();
    settle();
  });
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector(FIRST_CONTROL))?.focus();
  return promise;
}

/**
 * Asks for confirmation; rejects with `Canceled` unless it is given.
 * @param {string} title
 * @param {string} text
 * @param {string} label
 * @returns {Promise<boolean>}
 */
export function confirm(title, text, label) {
  return openDialog(title, (done) => [
    h('p', {}, text),
    h('div.actions', {}, h('button.danger', { type: 'button', onclick: () => done(true) }, label)),
  ]);
}
