// @ts-check
// Logs in, in one or two steps.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { fill, h, page } from '../../elements/dom.js';
import { errorMessage } from '../../elements/format.js';
import { form, passwordField, textField } from '../../elements/forms.js';
import { secondFactorForm } from '../../elements/second-factor.js';
import { session } from '../../api/session.js';

/**
 * @import { SecondFactor } from '../../api/types.js'
 * @import { Child } from '../../elements/dom.js'
 * @import { ViewContext } from '../view-context.js'
 */

/** @param {ViewContext} context */
export default function view({ query }) {
  const container = h('div.card.narrow');
  showPasswordStep(container, query.has('next') ? h('p.hint', {}, 'Log in to see this page.') : null);
  return page('Log in', container);
}

/**
 * @param {HTMLElement} container
 * @param {Child} notice
 */
function showPasswordStep(container, notice) {
  const name = textField('username', 'Username or email address', {
    required: true,
    autocomplete: 'username',
    maxlength: 254,
    spellcheck: 'false',
  });
  const element = form({
    label: 'Log in',
    fields: [name, passwordField('password', 'Password', { autocomplete: 'current-password' })],
    submit: 'Log in',
    onSubmit: async ({ username, password }) => {
      const { data } = await api.post('/auth/login/', { username: username.trim(), password });
      if ('second_factor' in data) return showSecondFactorStep(container, data.second_factor);
      // The session change makes the router leave this view.
      return session.completeLogin(data);
    },
  });
  const links = html`<p class="links">
    <a href="/account/forgot-password">Forgot your password?</a> <a href="/register">Create account</a>
  </p>`;
  fill(container, notice, element, links);
}

/**
 * @param {HTMLElement} container
 * @param {SecondFactor} challenge
 */
function showSecondFactorStep(container, challenge) {
  /** @param {unknown} [error] */
  const restart = (error) => {
    showPasswordStep(container, error ? h('p.alert', { role: 'alert' }, errorMessage(error)) : null);
    container.querySelector('input')?.focus();
  };
  /** @param {import('../../elements/second-factor.js').Answer} answer */
  const verify = async (answer) => {
    const { data } = await api.post('/auth/login/verify/', answer);
    if ('access' in data) session.completeLogin(data);
  };
  fill(
    container,
    h('p', {}, 'One more step: enter your code.'),
    secondFactorForm({ challenge, verify, restart }),
    h('button.link', { type: 'button', onclick: () => restart() }, 'Start over'),
  );
}
