// @ts-check
// Reauthentication, where the server requires it for a sensitive action.

import { api } from '../api/client.js';
import { openDialog } from './dialogs.js';
import { fill, h } from './dom.js';
import { errorMessage } from './format.js';
import { form, passwordField, usernameHint } from './forms.js';
import { secondFactorForm } from './second-factor.js';
import { session } from '../api/session.js';

/** @import { Failure } from './format.js' */

/**
 * Runs an action; if the server requires reauthentication, asks for it and runs the action again.
 * @template Result
 * @param {() => Promise<Result>} action
 * @returns {Promise<Result>}
 */
export async function withReauthentication(action) {
  try {
    return await action();
  } catch (error) {
    if (/** @type {Failure} */ (error).code !== 'auth.step_up_required') throw error;
    await openDialog('Confirm it’s you', reauthentication);
    return action();
  }
}

/** @param {(result: void) => void} done */
function reauthentication(done) {
  const container = h('div');
  /** @param {unknown} [error] */
  const restart = (error) => {
    const alert = error ? h('p.alert', { role: 'alert' }, errorMessage(error)) : null;
    fill(container, alert, passwordForm(container, done, restart));
  };
  restart();
  return container;
}

/**
 * @param {HTMLElement} container
 * @param {() => void} done
 * @param {(error?: unknown) => void} restart
 */
function passwordForm(container, done, restart) {
  const intro = h('p', {}, 'Enter your password to continue.');
  const username = usernameHint(session.profile?.username ?? '');
  return form({
    fields: [intro, username, passwordField('password', 'Password', { autocomplete: 'current-password' })],
    submit: 'Continue',
    onSubmit: async (values) => {
      const { data } = await api.post('/auth/step-up/', { password: values.password });
      if (!('second_factor' in data)) return done();
      return fill(container, secondFactorForm({ challenge: data.second_factor, verify, restart }));
    },
  });

  /** @param {import('./second-factor.js').Answer} answer */
  async function verify(answer) {
    await api.post('/auth/step-up/verify/', answer);
    done();
  }
}
