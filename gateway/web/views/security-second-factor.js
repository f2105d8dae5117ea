// Two-step login: authenticator app, codes by email, recovery codes.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { confirm } from '../dialogs.js';
import { fill, h } from '../dom.js';
import { form, textField } from '../forms.js';
import { updateProfile } from '../session.js';
import { withReauthentication } from '../step-up.js';
import { showToast } from '../toasts.js';
import { recoveryCodes } from './recovery-codes.js';

/** The two-step login settings of the security view. */
export function secondFactorSettings(profile) {
  const container = h('div.stack');
  showOverview(container, profile.second_factor);
  return container;
}

function showOverview(container, state) {
  fill(container,
    h('p', {}, 'With two-step login, a stolen password alone is not enough to log in.'),
    methodRow('Authenticator app', 'Your app shows a new code every 30 seconds. This is the more secure option.', state.totp,
      state.totp ? turnOffButton(container, 'totp', 'the authenticator app') : actionButton('Set up', () => setUpApp(container, state))),
    methodRow('Codes by email', 'We email you a code each time you log in.', state.email,
      state.email ? turnOffButton(container, 'email', 'codes by email') : actionButton('Turn on', () => turnOnEmail(container))),
    (state.totp || state.email) && recoveryRow(container, state));
}

function methodRow(name, description, isOn, control) {
  return h('div.row', {},
    h('div', {}, h('h3', {}, name, ' ', h(isOn ? 'span.badge.on' : 'span.badge', {}, isOn ? 'On' : 'Off')), h('p.hint', {}, description)),
    control);
}

function recoveryRow(container, state) {
  return h('div.row', {},
    h('div', {}, h('h3', {}, 'Recovery codes'), h('p.hint', {}, `For when you lose your phone. ${state.recovery_codes_left} of 10 left.`)),
    actionButton('Generate new codes', async () => {
      await confirm('Generate new recovery codes?', 'Your old codes stop working immediately.', 'Generate');
      const { data } = await withReauthentication(() => api.post('/auth/2fa/recovery-codes/'));
      showRecoveryCodes(container, { ...state, recovery_codes_left: data.recovery_codes.length }, data.recovery_codes);
    }));
}

function turnOffButton(container, method, name) {
  return actionButton('Turn off', async () => {
    await confirm(`Turn off ${name}?`, 'Your account will be less secure.', 'Turn off');
    const { data } = await withReauthentication(() => api.post('/auth/2fa/disable/', { method }));
    finish(container, data);
    showToast('Turned off.');
  });
}

async function turnOnEmail(container) {
  const { data } = await withReauthentication(() => api.post('/auth/2fa/email/enable/'));
  onEnabled(container, data);
}

async function setUpApp(container, state) {
  const { data } = await withReauthentication(() => api.post('/auth/2fa/totp/setup/'));
  const qrCode = `data:image/svg+xml,${encodeURIComponent(data.qr_svg)}`;
  const code = textField('code', 'Code from the app', { required: true, inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 32 });
  code.input.classList.add('code');
  fill(container,
    h('ol.steps', {},
      h('li', {}, 'Scan this QR code with your authenticator app, or ', h('a', { href: data.otpauth_url }, 'open the app on this device'), '.',
        h('img.qr', { src: qrCode, alt: 'QR code for your authenticator app', width: 200, height: 200 })),
      h('li', {}, 'If you cannot scan it, enter this key in the app:', h('code.secret', {}, data.secret)),
      h('li', {}, 'Enter the code that the app shows.')),
    form({
      label: 'Set up the authenticator app',
      fields: [code],
      submit: 'Turn on',
      aside: h('button', { type: 'button', onclick: () => finish(container, state) }, 'Cancel'),
      onSubmit: async (values) => {
        const response = await withReauthentication(() => api.post('/auth/2fa/totp/enable/', { code: values.code.trim() }));
        onEnabled(container, response.data);
      },
    }));
  code.input.focus();
}

function onEnabled(container, data) {
  if (data.recovery_codes) showRecoveryCodes(container, data.second_factor, data.recovery_codes);
  else finish(container, data.second_factor);
  showToast('Two-step login is on.');
}

/** Shows recovery codes until the user confirms that they are saved. */
function showRecoveryCodes(container, state, codes) {
  updateProfile({ second_factor: state });
  fill(container, recoveryCodes(codes, () => finish(container, state)));
  container.querySelector('h3').focus();
}

function finish(container, state) {
  updateProfile({ second_factor: state });
  showOverview(container, state);
  container.querySelector('button').focus();
}
