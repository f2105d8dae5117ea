// Reauthentication, where the server requires it for a sensitive action.

import * as api from './api.js';
import { openDialog } from './dialogs.js';
import { fill, h } from './dom.js';
import { errorMessage } from './format.js';
import { form, passwordField } from './forms.js';
import { secondFactorForm } from './second-factor.js';
import { session } from './session.js';

/** Runs an action; if the server requires reauthentication, asks for it and runs the action again. */
export async function withReauthentication(action) {
  try {
    return await action();
  } catch (error) {
    if (error.code !== 'auth.step_up_required') throw error;
    await openDialog('Confirm it’s you', reauthentication);
    return action();
  }
}

function reauthentication(done) {
  const container = h('div');
  const restart = (error) => fill(container, error && h('p.alert', { role: 'alert' }, errorMessage(error)), passwordForm(container, done, restart));
  restart();
  return container;
}

function passwordForm(container, done, restart) {
  const intro = h('p', {}, 'Enter your password to continue.');
  const username = h('input', { type: 'text', autocomplete: 'username', value: session.profile?.username, hidden: true, 'aria-label': 'Username', name: 'username' });
  return form({
    fields: [intro, username, passwordField('password', 'Password', { autocomplete: 'current-password' })],
    submit: 'Continue',
    onSubmit: async (values) => {
      const { data } = await api.post('/auth/step-up/', { password: values.password });
      if (!data.second_factor) return done();
      const verify = (answer) => api.post('/auth/step-up/verify/', answer).then(() => done());
      return fill(container, secondFactorForm({ challenge: data.second_factor, verify, restart }));
    },
  });
}
