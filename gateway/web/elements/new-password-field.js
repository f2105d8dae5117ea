// @ts-check
// The field for a new password, with its strength while it is typed.

import { passwordField } from './forms.js';
import { strengthMeter } from './strength-meter.js';

/**
 * @param {string} label
 * @param {() => string[]} [personal] Words that a stranger would try first.
 */
export function newPasswordField(label, personal) {
  const below = document.createElement('div');
  const field = passwordField('password', label, {
    autocomplete: 'new-password',
    hint: 'At least 8 characters. A few unrelated words work well.',
    below,
  });
  const meter = strengthMeter(() => field.input, personal);
  field.input.addEventListener('input', meter.update);
  below.replaceWith(meter.element);
  return field;
}
