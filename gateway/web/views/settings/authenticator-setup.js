// @ts-check
// Sets up an authenticator app in three steps.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { h } from '../../elements/dom.js';
import { form, textField } from '../../elements/forms.js';
import { withReauthentication } from '../../elements/step-up.js';

/** @import { SecondFactorEnabled, TotpSetup } from '../../api/types.js' */

/**
 * @param {TotpSetup} setup
 * @param {{ onEnabled: (data: SecondFactorEnabled) => void, onCancel: () => void }} callbacks
 */
export function authenticatorSetup(setup, { onEnabled, onCancel }) {
  const code = textField('code', 'Code from the app', {
    required: true,
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    maxlength: 32,
  });
  code.input.classList.add('code');
  const codeForm = form({
    label: 'Set up the authenticator app',
    fields: [code],
    submit: 'Turn on',
    aside: h('button', { type: 'button', onclick: onCancel }, 'Cancel'),
    onSubmit: async (values) => {
      const enable = () => api.post('/auth/2fa/totp/enable/', { code: values.code.trim() });
      onEnabled((await withReauthentication(enable)).data);
    },
  });
  return { content: [h('div', {}, steps(setup)), codeForm], focus: () => code.input.focus() };
}

/** @param {TotpSetup} setup */
function steps({ qr_svg: picture, otpauth_url: address, secret }) {
  const qrCode = `data:image/svg+xml,${encodeURIComponent(picture)}`;
  return html`<ol class="steps">
    <li>
      Scan this QR code with your authenticator app, or <a href=${address}>open the app on this device</a>.
      <img class="qr" src=${qrCode} alt="QR code for your authenticator app" width="200" height="200" />
    </li>
    <li>If you cannot scan it, enter this key in the app:<code class="secret">${secret}</code></li>
    <li>Enter the code that the app shows.</li>
  </ol>`;
}
