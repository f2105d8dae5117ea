// Recovery codes, which are shown only once.

import { h } from '../dom.js';
import { saveFile } from '../save-file.js';
import { showToast } from '../toasts.js';

/** The codes with ways to save them; `onSaved` runs when the user confirms that they did. */
export function recoveryCodes(codes, onSaved) {
  const text = codes.join('\n');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      showToast('Copied.');
    } catch {
      showToast('Your browser blocked copying. Select the codes and copy them yourself.');
    }
  };
  return h('div.stack', {},
    h('h3', { tabindex: '-1' }, 'Save your recovery codes'),
    h('p', {}, 'Each code logs you in once if you lose access to your phone or email. They are not shown again.'),
    h('ul.codes', {}, codes.map((code) => h('li', {}, h('code', {}, code)))),
    h('div.actions', {},
      h('button.primary', { type: 'button', onclick: onSaved }, 'I’ve saved them'),
      h('button', { type: 'button', onclick: copy }, 'Copy'),
      h('button', { type: 'button', onclick: () => saveFile(new Blob([`${text}\n`], { type: 'text/plain' }), 'courtside-recovery-codes.txt') }, 'Download')));
}
