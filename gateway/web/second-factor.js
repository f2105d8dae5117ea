// The second factor of a login or a reauthentication.

import * as api from './api.js';
import { mailboxHint } from './dev-mailbox.js';
import { fill, h } from './dom.js';
import { errorMessage, formatDuration } from './format.js';
import { form, textField } from './forms.js';

const RESEND_AFTER = 60;
const METHODS = {
  totp: { label: 'Code from your authenticator app', switchTo: 'Use the authenticator app', hint: 'The six digits that your authenticator app shows for Courtside.' },
  email: { label: 'Code from the email', switchTo: 'Use a code by email', hint: 'We emailed you a six-digit code. It is valid for ten minutes.' },
  recovery: { label: 'Recovery code', switchTo: 'Use a recovery code', hint: 'One of the codes you saved when you turned on two-step login. Each works once.' },
};
/** Errors after which the challenge is used up. */
const CHALLENGE_ENDED = ['auth.challenge_invalid', 'auth.challenge_expired', 'auth.too_many_tries'];

/**
 * Asks for a code. `challenge` is the `second_factor` of a response; `verify` gets
 * `{ challenge, method, code }`; `restart` gets the error when the challenge is used up.
 */
export function secondFactorForm({ challenge, verify, restart }) {
  const methods = ['totp', 'email', 'recovery'].filter((method) => challenge.methods.includes(method));
  const container = h('div.second-factor');
  const lastMail = { at: Date.now() };
  const show = (method) => {
    const others = methods.filter((other) => other !== method).map((other) =>
      h('button.link', { type: 'button', onclick: () => show(other) }, METHODS[other].switchTo));
    fill(container, codeForm(method, challenge, verify, restart), method === 'email' && resendButton(challenge, lastMail, restart),
      h('div.other-methods', {}, others));
    container.querySelector('input').focus();
  };
  queueMicrotask(() => show(methods[0]));
  return container;
}

function codeForm(method, { challenge }, verify, restart) {
  const attributes = method === 'recovery' ? {} : { inputmode: 'numeric', autocomplete: 'one-time-code' };
  const code = textField('code', METHODS[method].label, { hint: METHODS[method].hint, required: true, maxlength: 32, spellcheck: 'false', ...attributes });
  code.input.classList.add('code');
  return form({
    fields: [code],
    submit: 'Continue',
    onSubmit: async (values) => {
      try {
        await verify({ challenge, method, code: values.code.trim() });
      } catch (error) {
        if (CHALLENGE_ENDED.includes(error.code)) return restart(error);
        if (error.code === 'auth.code_invalid') error.fields = { code: [error.message] };
        throw error;
      }
    },
  });
}

function resendButton({ challenge }, lastMail, restart) {
  const button = h('button.link', { type: 'button' }, 'Send a new code');
  const status = h('p.hint', { 'aria-live': 'polite' });
  button.addEventListener('click', async () => {
    const remaining = RESEND_AFTER - Math.floor((Date.now() - lastMail.at) / 1000);
    if (remaining > 0) return fill(status, `We just sent a code. You can request another in ${formatDuration(remaining)}.`);
    try {
      await api.post('/auth/login/resend/', { challenge });
      lastMail.at = Date.now();
      return fill(status, 'We sent you a new code.');
    } catch (error) {
      return CHALLENGE_ENDED.includes(error.code) ? restart(error) : fill(status, errorMessage(error));
    }
  });
  return h('div.resend', {}, button, status, mailboxHint());
}
