// Modal dialogs.

import { h, uniqueId } from './dom.js';

/** The rejection of a dialog that was canceled. */
class Canceled extends Error {
  name = 'Canceled';
}

/**
 * Opens a dialog and waits for its result. `render` gets `done` and returns the content; Escape and
 * the cancel button reject with `Canceled`. Focus returns to where it was.
 */
export function openDialog(title, render) {
  return new Promise((resolve, reject) => {
    const id = uniqueId('dialog');
    const cancel = h('button.quiet.close', { type: 'button', 'aria-label': 'Cancel' }, '×');
    const dialog = h('dialog', { 'aria-labelledby': id }, cancel, h('h2', { id }, title));
    const previousFocus = document.activeElement;
    let result;
    let answered = false;
    const done = (value) => {
      [result, answered] = [value, true];
      dialog.close();
    };
    dialog.append(...[render(done, dialog)].flat());
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      previousFocus?.focus?.();
      if (answered) resolve(result);
      else reject(new Canceled());
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input, select, textarea, .primary, .danger')?.focus();
  });
}

/** Asks for confirmation; rejects with `Canceled` unless it is given. */
export function confirm(title, text, label) {
  return openDialog(title, (done) => [
    h('p', {}, text),
    h('div.actions', {},
      h('button.danger', { type: 'button', onclick: () => done(true) }, label)),
  ]);
}
