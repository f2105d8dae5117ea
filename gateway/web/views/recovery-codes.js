// Recovery codes, which are shown once.

import { h } from '../dom.js';
import { tell } from '../notices.js';
import { saveFile } from '../save-file.js';

/** The codes, ways to keep them, and a button that says it is done. */
export function recoveryCodes(codes, done) {
  const all = codes.join('\n');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(all);
      tell('Copied.');
    } catch {
      tell('This browser does not let us copy; please mark and copy them yourself.');
    }
  };
  return h('div.stack', {},
    h('h3', { tabindex: '-1' }, 'Keep these recovery codes'),
    h('p', {}, 'Each lets you in once when your phone or mail is out of reach. They are not shown again.'),
    h('ul.codes', {}, codes.map((code) => h('li', {}, h('code', {}, code)))),
    h('div.actions', {},
      h('button.primary', { type: 'button', onclick: done }, 'I have kept them'),
      h('button', { type: 'button', onclick: copy }, 'Copy'),
      h('button', { type: 'button', onclick: () => saveFile(new Blob([`${all}\n`], { type: 'text/plain' }), 'courtside-recovery-codes.txt') }, 'Download')));
}
