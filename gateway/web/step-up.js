// Proving again who one is, where the server asks for it.

import * as api from './api.js';
import { ask } from './dialogs.js';
import { fill, h } from './dom.js';
import { form, password } from './forms.js';
import { secondStep } from './second-step.js';
import { session } from './session.js';
import { explain } from './words.js';

/** Does something; where the server asks first who is there, asks that and does it again. */
export async function guarded(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code !== 'auth.step_up_required') throw error;
    await ask('Is it you?', prove);
    return work();
  }
}

function prove(done) {
  const place = h('div');
  const again = (error) => fill(place, error && h('p.alert', { role: 'alert' }, explain(error)), passwordForm(place, done, again));
  again();
  return place;
}

function passwordForm(place, done, over) {
  const intro = h('p', {}, 'Before this is done, please type your password once more.');
  const name = h('input', { type: 'text', autocomplete: 'username', value: session.profile?.username, hidden: true, 'aria-label': 'Username', name: 'username' });
  return form({
    fields: [intro, name, password('password', 'Password', { autocomplete: 'current-password' })],
    submit: 'Continue',
    run: async (values) => {
      const { data } = await api.post('/auth/step-up/', { password: values.password });
      if (!data.second_factor) return done();
      const send = (answer) => api.post('/auth/step-up/verify/', answer).then(() => done());
      return fill(place, secondStep({ factor: data.second_factor, send, over }));
    },
  });
}
