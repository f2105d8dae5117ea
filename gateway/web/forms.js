// Forms: labelled fields, errors shown at the field they concern, one submission at a time.

import { errorLink, fill, h, uniqueId } from './dom.js';
import { errorMessage } from './format.js';

/**
 * A form. `fields` are fields from this module, groups `{ element, fields }` of them, and elements
 * between them. `onSubmit` gets the values by name; what it throws is shown.
 */
export function form({ fields, submit, onSubmit, danger = false, aside = null, label = null }) {
  const inputs = fields.flatMap((field) => field.fields ?? field).filter((field) => field.read);
  const alert = h('p.alert', { role: 'alert', hidden: true });
  const button = h(danger ? 'button.danger' : 'button.primary', { type: 'submit' }, submit);
  const element = h('form', { novalidate: true, 'aria-label': label ?? submit },
    fields.map((field) => field.element ?? field), alert, h('div.actions', {}, button, aside));
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    clearErrors(inputs, alert);
    if (markMissing(inputs)) return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await onSubmit(valuesOf(inputs));
    } catch (error) {
      showErrors(error, inputs, alert);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return element;
}

/** A single-line text field. */
export function textField(name, label, options = {}) {
  return labelledField(name, label, h('input', { type: 'text', ...attributes(options) }), options);
}

/** A multi-line text field. */
export function textArea(name, label, options = {}) {
  return labelledField(name, label, h('textarea', { rows: 4, ...attributes(options) }), options);
}

/** A password field with a button that shows the password. */
export function passwordField(name, label, options = {}) {
  const input = h('input', { type: 'password', maxlength: 128, ...attributes({ required: true, ...options }) });
  const toggle = h('button.quiet', { type: 'button', 'aria-pressed': 'false', 'aria-label': `Show: ${label}` }, 'Show');
  toggle.addEventListener('click', () => {
    const visible = input.type === 'password';
    input.type = visible ? 'text' : 'password';
    toggle.setAttribute('aria-pressed', String(visible));
    toggle.textContent = visible ? 'Hide' : 'Show';
  });
  return labelledField(name, label, input, options, h('div.with-button', {}, input, toggle));
}

/** A select; `pairs` are values with their labels. */
export function selectField(name, label, pairs, options = {}) {
  const select = h('select', attributes({ ...options, value: undefined }),
    pairs.map(([value, text]) => h('option', { value }, text)));
  select.value = options.value;
  return labelledField(name, label, select, options);
}

/** A checkbox. */
export function checkbox(name, label, options = {}) {
  const input = h('input', { type: 'checkbox', name, id: uniqueId(name), checked: options.value });
  const problem = h('p.problem', { id: uniqueId('problem'), hidden: true });
  const element = h('div.field.checkbox', {}, input, h('label', { for: input.id }, label), problem);
  return { element, ...fieldOf(name, input, problem), read: () => input.checked };
}

/** A segmented control: a choice of one that calls back as soon as it changes. */
export function segmentedControl(name, label, pairs, value, onChange) {
  const options = pairs.map(([key, text]) => {
    const input = h('input', { type: 'radio', name, id: uniqueId(name), value: key, checked: key === value });
    input.addEventListener('change', () => onChange(key));
    return [input, h('label', { for: input.id }, text)];
  });
  return h('fieldset.segments', {}, h('legend', {}, label), h('div', {}, options));
}

const attributes = ({ hint, ...rest }) => ({ autocapitalize: 'none', ...rest });

function labelledField(name, label, input, { hint, required = input.required }, control = input) {
  input.name = name;
  input.id = uniqueId(name);
  input.required = required;
  const problem = h('p.problem', { id: uniqueId('problem'), hidden: true });
  const hintElement = hint && h('p.hint', { id: uniqueId('hint') }, hint);
  const describedBy = [hintElement?.id, problem.id].filter(Boolean).join(' ');
  input.setAttribute('aria-describedby', describedBy);
  const element = h('div.field', {}, h('label', { for: input.id }, label), control, hintElement, problem);
  return { element, ...fieldOf(name, input, problem), read: () => input.value };
}

function fieldOf(name, input, problem) {
  const setError = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  return { name, input, setError };
}

const valuesOf = (inputs) => Object.fromEntries(inputs.map((field) => [field.name, field.read()]));

function clearErrors(inputs, alert) {
  alert.hidden = true;
  for (const field of inputs) field.setError('');
}

/** Marks required fields that are empty; true if there are any. */
function markMissing(inputs) {
  const empty = inputs.filter((field) => field.input.required && !field.input.value);
  for (const field of empty) field.setError('This field is required.');
  empty[0]?.input.focus();
  return empty.length > 0;
}

/** Shows an error at the fields it names, or below the form if it names none of them. */
function showErrors(error, inputs, alert) {
  if (error.name === 'AbortError' || error.name === 'Canceled') return;
  const messages = new Map(Object.entries(error.fields ?? {}));
  const invalid = inputs.filter((field) => messages.has(field.name));
  for (const field of invalid) field.setError(messages.get(field.name).map(asSentence).join(' '));
  if (invalid.length) {
    invalid[0].input.focus();
    return;
  }
  fill(alert, errorMessage(error), errorLink(error));
  alert.hidden = false;
}

const asSentence = (text) => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, '.');
