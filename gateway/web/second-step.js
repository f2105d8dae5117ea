// The second step of a login, and of proving again who one is.

import * as api from './api.js';
import { fill, h } from './dom.js';
import { form, text } from './forms.js';
import { mailboxHint } from './mailbox.js';
import { explain, wait } from './words.js';

const RESEND_AFTER = 60;
const WAYS = {
  totp: { name: 'Authenticator app', label: 'Code from your app', hint: 'The six digits that your authenticator app shows for Courtside.' },
  email: { name: 'Code by mail', label: 'Code from the mail', hint: 'We mailed you six digits. They are good for ten minutes.' },
  recovery: { name: 'Recovery code', label: 'Recovery code', hint: 'One of the codes you kept when you turned the second step on. Each is good once.' },
};
/** Refusals after which only a new start helps. */
const OVER = ['auth.challenge_invalid', 'auth.challenge_expired', 'auth.too_many_tries'];

/**
 * Asks for the code. `send` gets `{ challenge, method, code }`; `over` gets the refusal after which
 * one has to start again.
 */
export function secondStep({ factor, send, over }) {
  const ways = ['totp', 'email', 'recovery'].filter((way) => factor.methods.includes(way));
  const place = h('div.second-step');
  const mailed = { at: Date.now() };
  const show = (way) => {
    const others = ways.filter((one) => one !== way).map((one) =>
      h('button.link', { type: 'button', onclick: () => show(one) }, `Use instead: ${WAYS[one].name.toLowerCase()}`));
    fill(place, codeForm(way, factor, send, over), way === 'email' && resend(factor, mailed, over),
      h('div.others', {}, others));
    place.querySelector('input').focus();
  };
  queueMicrotask(() => show(ways[0]));
  return place;
}

function codeForm(way, factor, send, over) {
  const typed = way === 'recovery' ? {} : { inputmode: 'numeric', autocomplete: 'one-time-code' };
  const code = text('code', WAYS[way].label, { hint: WAYS[way].hint, required: true, maxlength: 32, spellcheck: 'false', ...typed });
  code.input.classList.add('code');
  return form({
    fields: [code],
    submit: 'Continue',
    run: async (values) => {
      try {
        await send({ challenge: factor.challenge, method: way, code: values.code.trim() });
      } catch (error) {
        if (OVER.includes(error.code)) return over(error);
        if (error.code === 'auth.code_invalid') error.fields = { code: [error.message] };
        throw error;
      }
    },
  });
}

function resend(factor, mailed, over) {
  const button = h('button.link', { type: 'button' }, 'Send another code');
  const said = h('p.hint', { 'aria-live': 'polite' });
  button.addEventListener('click', async () => {
    const left = RESEND_AFTER - Math.floor((Date.now() - mailed.at) / 1000);
    if (left > 0) return fill(said, `A mail was just sent; the next one can be sent in ${wait(left)}.`);
    try {
      await api.post('/auth/login/resend/', { challenge: factor.challenge });
      mailed.at = Date.now();
      return fill(said, 'Another code is on its way.');
    } catch (error) {
      return OVER.includes(error.code) ? over(error) : fill(said, explain(error));
    }
  });
  return h('div.resend', {}, button, said, mailboxHint());
}
