// @ts-check
// The second factor of a login or a reauthentication.

import { api } from '../api/client.js';
import { mailboxHint } from '../live/dev-mailbox.js';
import { fill, h } from './dom.js';
import { errorMessage, formatDuration } from './format.js';
import { form, textField } from './forms.js';

/**
 * @import { SecondFactor, SecondFactorMethod } from '../api/types.js'
 * @import { Failure } from './format.js'
 * @typedef {{ challenge: string, method: SecondFactorMethod, code: string }} Answer
 * @typedef {(error?: unknown) => void} Restart Gets the error when the challenge is used up.
 */

const RESEND_AFTER = 60;
/** @type {SecondFactorMethod[]} */
const ORDER = ['totp', 'email', 'recovery'];
/** @type {Record<SecondFactorMethod, { label: string, switchTo: string, hint: string }>} */
const METHODS = {
  totp: {
    label: 'Code from your authenticator app',
    switchTo: 'Use the authenticator app',
    hint: 'The six digits that your authenticator app shows for Courtside.',
  },
  email: {
    label: 'Code from the email',
    switchTo: 'Use a code by email',
    hint: 'We emailed you a six-digit code. It is valid for ten minutes.',
  },
  recovery: {
    label: 'Recovery code',
    switchTo: 'Use a recovery code',
    hint: 'One of the codes you saved when you turned on two-step login. Each works once.',
  },
};
/** Errors after which the challenge is used up. */
const CHALLENGE_ENDED = ['auth.challenge_invalid', 'auth.challenge_expired', 'auth.too_many_tries'];

/** @param {unknown} error */
const codeOf = (error) => /** @type {Failure} */ (error).code ?? '';

/**
 * Asks for a code. `challenge` is the `second_factor` of a response.
 * @param {{ challenge: SecondFactor, verify: (answer: Answer) => unknown, restart: Restart }} options
 */
export function secondFactorForm({ challenge, verify, restart }) {
  const methods = ORDER.filter((method) => challenge.methods.includes(method));
  const container = h('div.second-factor');
  const lastMail = { at: Date.now() };
  /** @param {SecondFactorMethod} method */
  const show = (method) => {
    const others = methods
      .filter((other) => other !== method)
      .map((other) => h('button.link', { type: 'button', onclick: () => show(other) }, METHODS[other].switchTo));
    fill(
      container,
      codeForm(method, challenge, verify, restart),
      method === 'email' && resendButton(challenge, lastMail, restart),
      h('div.other-methods', {}, others),
    );
    container.querySelector('input')?.focus();
  };
  queueMicrotask(() => show(methods[0] ?? 'recovery'));
  return container;
}

/**
 * @param {SecondFactorMethod} method
 * @param {SecondFactor} secondFactor
 * @param {(answer: Answer) => unknown} verify
 * @param {Restart} restart
 */
function codeForm(method, { challenge }, verify, restart) {
  const attributes = method === 'recovery' ? {} : { inputmode: 'numeric', autocomplete: 'one-time-code' };
  const code = textField('code', METHODS[method].label, {
    hint: METHODS[method].hint,
    required: true,
    maxlength: 32,
    spellcheck: 'false',
    ...attributes,
  });
  code.input.classList.add('code');
  return form({
    fields: [code],
    submit: 'Continue',
    onSubmit: async (values) => {
      try {
        await verify({ challenge, method, code: values.code.trim() });
      } catch (error) {
        if (CHALLENGE_ENDED.includes(codeOf(error))) return restart(error);
        if (codeOf(error) !== 'auth.code_invalid') throw error;
        code.setError(errorMessage(error));
        code.input.focus();
      }
    },
  });
}

/**
 * @param {SecondFactor} secondFactor
 * @param {{ at: number }} lastMail
 * @param {Restart} restart
 */
function resendButton({ challenge }, lastMail, restart) {
  const status = h('p.hint', { 'aria-live': 'polite' });
  const resend = async () => {
    const remaining = RESEND_AFTER - Math.floor((Date.now() - lastMail.at) / 1000);
    if (remaining > 0)
      return fill(status, `We just sent a code. You can request another in ${formatDuration(remaining)}.`);
    try {
      await api.post('/auth/login/resend/', { challenge });
      lastMail.at = Date.now();
      return fill(status, 'We sent you a new code.');
    } catch (error) {
      return CHALLENGE_ENDED.includes(codeOf(error)) ? restart(error) : fill(status, errorMessage(error));
    }
  };
  const button = h('button.link', { type: 'button', onclick: resend }, 'Send a new code');
  return h('div.resend', {}, button, status, mailboxHint());
}
