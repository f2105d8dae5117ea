// @ts-check
// Two-step login: authenticator app, codes by email, recovery codes.

import { html } from '../../vendor/lit.js';
import { actionButton } from '../../elements/action-button.js';
import { api } from '../../api/client.js';
import { confirm } from '../../elements/dialogs.js';
import { fill, h } from '../../elements/dom.js';
import { session } from '../../api/session.js';
import { withReauthentication } from '../../elements/step-up.js';
import { showToast } from '../../elements/toasts.js';
import { authenticatorSetup } from './authenticator-setup.js';
import { recoveryCodes } from './recovery-codes.js';

/**
 * @import { Profile, SecondFactorEnabled, SecondFactorState } from '../../api/types.js'
 * @typedef {'totp' | 'email'} Method
 */

/**
 * The two-step login settings of the security view.
 * @param {Profile} profile
 */
export function secondFactorSettings(profile) {
  const container = h('div.stack');
  showOverview(container, profile.second_factor);
  return container;
}

/**
 * @param {HTMLElement} container
 * @param {SecondFactorState} state
 */
function showOverview(container, state) {
  fill(
    container,
    h('p', {}, 'With two-step login, a stolen password alone is not enough to log in.'),
    methodRow(
      'Authenticator app',
      'Your app shows a new code every 30 seconds. This is the more secure option.',
      state.totp,
      state.totp
        ? turnOffButton(container, 'totp', 'the authenticator app')
        : actionButton('Set up', () => setUpApp(container, state)),
    ),
    methodRow(
      'Codes by email',
      'We email you a code each time you log in.',
      state.email,
      state.email
        ? turnOffButton(container, 'email', 'codes by email')
        : actionButton('Turn on', () => turnOnEmail(container)),
    ),
    (state.totp || state.email) && recoveryRow(container, state),
  );
}

/**
 * @param {string} name
 * @param {string} description
 * @param {boolean} isOn
 * @param {HTMLElement} control
 */
const methodRow = (name, description, isOn, control) =>
  html`<div class="row">
    <div>
      <h3>${name} <span class=${isOn ? 'badge on' : 'badge'}>${isOn ? 'On' : 'Off'}</span></h3>
      <p class="hint">${description}</p>
    </div>
    ${control}
  </div>`;

/**
 * @param {HTMLElement} container
 * @param {SecondFactorState} state
 */
function recoveryRow(container, state) {
  const generate = async () => {
    await confirm('Generate new recovery codes?', 'Your old codes stop working immediately.', 'Generate');
    const { data } = await withReauthentication(() => api.post('/auth/2fa/recovery-codes/'));
    const codes = data.recovery_codes;
    showRecoveryCodes(container, { ...state, recovery_codes_left: codes.length }, codes);
  };
  return html`<div class="row">
    <div>
      <h3>Recovery codes</h3>
      <p class="hint">For when you lose your phone. ${state.recovery_codes_left} of 10 left.</p>
    </div>
    ${actionButton('Generate new codes', generate)}
  </div>`;
}

/**
 * @param {HTMLElement} container
 * @param {Method} method
 * @param {string} name
 */
function turnOffButton(container, method, name) {
  return actionButton('Turn off', async () => {
    await confirm(`Turn off ${name}?`, 'Your account will be less secure.', 'Turn off');
    const { data } = await withReauthentication(() => api.post('/auth/2fa/disable/', { method }));
    finish(container, data);
    showToast('Turned off.');
  });
}

/** @param {HTMLElement} container */
async function turnOnEmail(container) {
  const { data } = await withReauthentication(() => api.post('/auth/2fa/email/enable/'));
  onEnabled(container, data);
}

/**
 * @param {HTMLElement} container
 * @param {SecondFactorState} state
 */
async function setUpApp(container, state) {
  const { data } = await withReauthentication(() => api.post('/auth/2fa/totp/setup/'));
  const setup = authenticatorSetup(data, {
    onEnabled: (enabled) => onEnabled(container, enabled),
    onCancel: () => finish(container, state),
  });
  fill(container, setup.content);
  setup.focus();
}

/**
 * @param {HTMLElement} container
 * @param {SecondFactorEnabled} data
 */
function onEnabled(container, data) {
  if (data.recovery_codes) showRecoveryCodes(container, data.second_factor, data.recovery_codes);
  else finish(container, data.second_factor);
  showToast('Two-step login is on.');
}

/**
 * Shows recovery codes until the user confirms that they are saved.
 * @param {HTMLElement} container
 * @param {SecondFactorState} state
 * @param {string[]} codes
 */
function showRecoveryCodes(container, state, codes) {
  session.updateProfile({ second_factor: state });
  fill(
    container,
    recoveryCodes(codes, () => finish(container, state)),
  );
  container.querySelector('h3')?.focus();
}

/**
 * @param {HTMLElement} container
 * @param {SecondFactorState} state
 */
function finish(container, state) {
  session.updateProfile({ second_factor: state });
  showOverview(container, state);
  container.querySelector('button')?.focus();
}
