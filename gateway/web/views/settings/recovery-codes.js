// @ts-check
// Recovery codes, which are shown only once.

import { html } from '../../vendor/lit.js';
import { element } from '../../elements/dom.js';
import { saveFile } from '../../api/save-file.js';
import { showToast } from '../../elements/toasts.js';

/**
 * The codes with ways to save them; `onSaved` runs when the user confirms that they did.
 * @param {string[]} codes
 * @param {() => void} onSaved
 */
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
  const download = () => saveFile(new Blob([`${text}\n`], { type: 'text/plain' }), 'courtside-recovery-codes.txt');
  return element(
    html`<div class="stack">
      <h3 tabindex="-1">Save your recovery codes</h3>
      <p>Each code logs you in once if you lose access to your phone or email. They are not shown again.</p>
      <ul class="codes">
        ${codes.map((code) => html`<li><code>${code}</code></li>`)}
      </ul>
      <div class="actions">
        <button class="primary" type="button" @click=${onSaved}>I’ve saved them</button>
        <button type="button" @click=${copy}>Copy</button>
        <button type="button" @click=${download}>Download</button>
      </div>
    </div>`,
  );
}
