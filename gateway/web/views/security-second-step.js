// Turning second steps on and off.

import * as api from '../api.js';
import { deed } from '../buttons.js';
import { confirm } from '../dialogs.js';
import { fill, h } from '../dom.js';
import { form, text } from '../forms.js';
import { tell } from '../notices.js';
import { changed } from '../session.js';
import { guarded } from '../step-up.js';
import { recoveryCodes } from './recovery-codes.js';

/** The part of the settings with the authenticator app, mailed codes and recovery codes. */
export function secondStepSettings(profile) {
  const place = h('div.stack');
  overview(place, profile.second_factor);
  return place;
}

function overview(place, state) {
  fill(place,
    h('p', {}, 'With a second step, a stolen password alone lets nobody in.'),
    way('Authenticator app', 'An app on your phone shows a new code every half minute. The safer choice.', state.totp,
      state.totp ? turnOff(place, 'totp', 'the authenticator app') : deed('Set up', () => setUp(place, state))),
    way('Codes by mail', 'We mail you a code with each login.', state.email,
      state.email ? turnOff(place, 'email', 'codes by mail') : deed('Turn on', () => turnMailOn(place))),
    (state.totp || state.email) && recovery(place, state));
}

function way(name, words, on, control) {
  return h('div.row', {},
    h('div', {}, h('h3', {}, name, ' ', h(on ? 'span.badge.on' : 'span.badge', {}, on ? 'On' : 'Off')), h('p.hint', {}, words)),
    control);
}

function recovery(place, state) {
  const left = state.recovery_codes_left;
  return h('div.row', {},
    h('div', {}, h('h3', {}, 'Recovery codes'), h('p.hint', {}, `For when your phone is gone. ${left} of 10 are left.`)),
    deed('Make new ones', async () => {
      await confirm('Make new recovery codes?', 'The old ones stop working at once.', 'Make new ones');
      const { data } = await guarded(() => api.post('/auth/2fa/recovery-codes/'));
      kept(place, { ...state, recovery_codes_left: data.recovery_codes.length }, data.recovery_codes);
    }));
}

function turnOff(place, method, name) {
  return deed('Turn off', async () => {
    await confirm(`Turn off ${name}?`, 'Your account will be easier to break into.', 'Turn off');
    const { data } = await guarded(() => api.post('/auth/2fa/disable/', { method }));
    done(place, data);
    tell('Turned off.');
  });
}

async function turnMailOn(place) {
  const { data } = await guarded(() => api.post('/auth/2fa/email/enable/'));
  enabled(place, data);
}

async function setUp(place, state) {
  const { data } = await guarded(() => api.post('/auth/2fa/totp/setup/'));
  const picture = `data:image/svg+xml,${encodeURIComponent(data.qr_svg)}`;
  const code = text('code', 'Code that the app shows', { required: true, inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 32 });
  code.input.classList.add('code');
  fill(place,
    h('ol.steps', {},
      h('li', {}, 'Scan this picture with your authenticator app, or ', h('a', { href: data.otpauth_url }, 'open it on this device'), '.',
        h('img.qr', { src: picture, alt: 'QR code for your authenticator app', width: 200, height: 200 })),
      h('li', {}, 'Without a camera, type this secret into the app:', h('code.secret', {}, data.secret)),
      h('li', {}, 'Then type the code it shows.')),
    form({
      label: 'Turn the authenticator app on',
      fields: [code],
      submit: 'Turn it on',
      aside: h('button', { type: 'button', onclick: () => done(place, state) }, 'Cancel'),
      run: async (values) => {
        const answer = await guarded(() => api.post('/auth/2fa/totp/enable/', { code: values.code.trim() }));
        enabled(place, answer.data);
      },
    }));
  code.input.focus();
}

function enabled(place, data) {
  if (data.recovery_codes) kept(place, data.second_factor, data.recovery_codes);
  else done(place, data.second_factor);
  tell('The second step is on.');
}

/** Shows recovery codes until their owner says that they are kept. */
function kept(place, state, codes) {
  changed({ second_factor: state });
  fill(place, recoveryCodes(codes, () => done(place, state)));
  place.querySelector('h3').focus();
}

function done(place, state) {
  changed({ second_factor: state });
  overview(place, state);
  place.querySelector('button').focus();
}
