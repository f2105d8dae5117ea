// Questions that must be answered before anything goes on.

import { fresh, h } from './dom.js';

/** Thrown where somebody thought better of it. */
export class Canceled extends Error {
  name = 'Canceled';
}

/**
 * Opens a dialog and waits for its result. `fill` gets `done` and gives the content; Escape and
 * the cancel button refuse with `Canceled`. The focus returns to where it was.
 */
export function ask(title, fill) {
  return new Promise((resolve, reject) => {
    const id = fresh('dialog');
    const cancel = h('button.quiet.close', { type: 'button', 'aria-label': 'Cancel' }, '×');
    const dialog = h('dialog', { 'aria-labelledby': id }, cancel, h('h2', { id }, title));
    const before = document.activeElement;
    let result;
    let answered = false;
    const done = (value) => {
      [result, answered] = [value, true];
      dialog.close();
    };
    dialog.append(...[fill(done, dialog)].flat());
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      before?.focus?.();
      if (answered) resolve(result);
      else reject(new Canceled());
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input, select, textarea, .primary, .danger')?.focus();
  });
}

/** Asks whether to really do it. */
export function confirm(title, words, deed) {
  return ask(title, (done) => [
    h('p', {}, words),
    h('div.actions', {},
      h('button.danger', { type: 'button', onclick: () => done(true) }, deed)),
  ]);
}
