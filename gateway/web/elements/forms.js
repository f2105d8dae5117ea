// @ts-check
// Forms: labelled fields, errors shown at the field they concern, one submission at a time.

import { html, nothing } from '../vendor/lit.js';
import { element, errorLink, fill, h, uniqueId } from './dom.js';
import { errorMessage, isCanceled } from './format.js';

/**
 * @import { Children } from './dom.js'
 * @import { Failure } from './format.js'
 */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */
/** @typedef {Record<string, any>} Values The values of a form by the names of its fields. */
/** @typedef {[value: string, text: string]} Choice */

/**
 * @typedef {object} Field
 * @property {HTMLElement} element The label, the control, the hint and the error.
 * @property {string} name
 * @property {Control} input
 * @property {(text: string) => void} setError Shows what is wrong; an empty text removes it.
 * @property {() => string | boolean} read
 */

/** @typedef {{ element: HTMLElement, fields: Field[] }} FieldGroup Fields that are laid out together. */

/**
 * @typedef {object} FieldOptions
 * @property {string} [hint]
 * @property {boolean} [required]
 * @property {string} [value]
 * @property {string} [type]
 * @property {number} [maxlength]
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} [autocomplete]
 * @property {string} [autocapitalize]
 * @property {string} [inputmode]
 * @property {string} [spellcheck]
 * @property {string} [placeholder]
 */

/**
 * @typedef {object} FormOptions
 * @property {(Field | FieldGroup | Node)[]} fields Fields, groups of them, and elements between them.
 * @property {string} submit The label of the button.
 * @property {(values: Values) => unknown} onSubmit What it throws is shown.
 * @property {boolean} [danger]
 * @property {Children} [aside] What stands beside the button.
 * @property {string | null} [label] The name of the form.
 * @property {boolean} [allAtOnce] Asks the server also while required fields are empty, to show all errors together.
 */

/**
 * A form.
 * @param {FormOptions} options
 */
export function form({ fields, submit, onSubmit, danger = false, aside = null, label = null, allAtOnce = false }) {
  const inputs = fields.flatMap((part) => ('fields' in part ? part.fields : 'read' in part ? part : []));
  const alert = h('p.alert', { role: 'alert', hidden: true });
  const button = h(danger ? 'button.danger' : 'button.primary', { type: 'submit' }, submit);
  const parts = fields.map((part) => ('element' in part ? part.element : part));
  const send = async () => {
    clearErrors(inputs, alert);
    const missing = inputs.filter(({ input }) => 'required' in input && input.required && !input.value);
    const required = inputs.filter(({ input }) => 'required' in input && input.required);
    if (missing.length && (!allAtOnce || missing.length === required.length)) return markMissing(missing);
    button.setAttribute('aria-disabled', 'true');
    try {
      await onSubmit(valuesOf(inputs));
    } catch (error) {
      showErrors(error, inputs, alert, missing);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  };
  /** @param {SubmitEvent} event */
  const onFormSubmit = (event) => {
    event.preventDefault();
    if (!button.getAttribute('aria-disabled')) send();
  };
  return h(
    'form',
    { novalidate: true, 'aria-label': label ?? submit, onsubmit: onFormSubmit },
    parts,
    alert,
    h('div.actions', {}, button, aside),
  );
}

/**
 * A single-line text field.
 * @param {string} name
 * @param {string} label
 * @param {FieldOptions} [options]
 */
export function textField(name, label, options = {}) {
  return labelledField(name, label, h('input', { type: 'text', ...attributes(options) }), options);
}

/**
 * A multi-line text field.
 * @param {string} name
 * @param {string} label
 * @param {FieldOptions} [options]
 */
export function textArea(name, label, options = {}) {
  return labelledField(name, label, h('textarea', { rows: 4, ...attributes(options) }), options);
}

/**
 * A password field with a button that shows the password.
 * @param {string} name
 * @param {string} label
 * @param {FieldOptions & { below?: HTMLElement }} [options] `below` stands below the field.
 */
export function passwordField(name, label, { below, ...options } = {}) {
  const input = h('input', { type: 'password', maxlength: 128, ...attributes({ required: true, ...options }) });
  const toggle = h('button.quiet', { type: 'button', 'aria-pressed': 'false', 'aria-label': `Show: ${label}` }, 'Show');
  toggle.addEventListener('click', () => {
    const visible = input.type === 'password';
    input.type = visible ? 'text' : 'password';
    toggle.setAttribute('aria-pressed', String(visible));
    toggle.textContent = visible ? 'Hide' : 'Show';
  });
  const field = labelledField(name, label, input, options, h('div.with-button', {}, input, toggle));
  if (below) field.element.append(below);
  return field;
}

/**
 * A select of values with their labels.
 * @param {string} name
 * @param {string} label
 * @param {Choice[]} choices
 * @param {FieldOptions} [options]
 */
export function selectField(name, label, choices, { value, ...options } = {}) {
  const select = h(
    'select',
    attributes(options),
    choices.map(([key, text]) => h('option', { value: key }, text)),
  );
  select.value = value ?? '';
  return labelledField(name, label, select, options);
}

/**
 * A checkbox.
 * @param {string} name
 * @param {string} label
 * @param {{ value?: boolean, hiddenLabel?: boolean }} [options]
 * @returns {Field & { input: HTMLInputElement, read: () => boolean }}
 */
export function checkbox(name, label, { value = false, hiddenLabel = false } = {}) {
  const input = h('input', { type: 'checkbox', name, id: uniqueId(name), checked: value });
  const problem = h('p.problem', { id: uniqueId('problem'), hidden: true });
  const caption = h(hiddenLabel ? 'label.visually-hidden' : 'label', { for: input.id }, label);
  return {
    element: h('div.field.checkbox', {}, input, caption, problem),
    ...fieldOf(name, input, problem),
    read: () => input.checked,
  };
}

/**
 * A segmented control: a choice of one that calls back as soon as it changes.
 * @param {string} name
 * @param {string} label
 * @param {Choice[]} choices
 * @param {string | null} value
 * @param {(value: string) => void} onChange
 */
export function segmentedControl(name, label, choices, value, onChange) {
  const options = choices.map(([key, text]) => {
    const id = uniqueId(name);
    return html`<input
        type="radio"
        name=${name}
        id=${id}
        value=${key}
        ?checked=${key === value}
        @change=${() => onChange(key)}
      /><label for=${id}>${text}</label>`;
  });
  return element(
    html`<fieldset class="segments">
      <legend>${label}</legend>
      <div>${options}</div>
    </fieldset>`,
  );
}

/**
 * A choice of one among options with a line of explanation each.
 * @param {string} name
 * @param {string} label
 * @param {[value: string, text: string, hint: string][]} choices
 * @param {string} value
 * @returns {Field}
 */
export function choiceList(name, label, choices, value) {
  const options = choices.map(([key, text, hint]) => {
    const id = uniqueId(name);
    return html`<div class="level">
      <input type="radio" name=${name} id=${id} value=${key} ?checked=${key === value} />
      <label for=${id}>${text}<span class="hint">${hint}</span></label>
    </div>`;
  });
  const list = element(
    html`<fieldset class="levels-list">
      <legend>${label}</legend>
      ${options}
      <p class="problem" hidden></p>
    </fieldset>`,
  );
  const input = /** @type {HTMLInputElement} */ (list.querySelector('input'));
  const problem = /** @type {HTMLElement} */ (list.querySelector('.problem'));
  const checked = () => /** @type {HTMLInputElement | null} */ (list.querySelector('input:checked'));
  return { element: list, ...fieldOf(name, input, problem), read: () => checked()?.value ?? value };
}

/**
 * A hidden field with the username, by which a password manager knows whose password is asked for.
 * @param {string} username
 */
export const usernameHint = (username) =>
  element(
    html`<input type="text" name="username" autocomplete="username" .value=${username} hidden aria-label="Username" />`,
  );

/** @param {FieldOptions} options */
const attributes = ({ hint: _hint, ...rest }) => ({ autocapitalize: 'none', ...rest });

/**
 * @template {Control} C
 * @param {string} name
 * @param {string} label
 * @param {C} input
 * @param {FieldOptions} options
 * @param {HTMLElement} [control] The input with what belongs to it.
 */
function labelledField(name, label, input, { hint, required = input.required }, control = input) {
  const [problemId, hintId] = [uniqueId('problem'), uniqueId('hint')];
  Object.assign(input, { name, id: uniqueId(name), required });
  input.setAttribute('aria-describedby', hint ? `${hintId} ${problemId}` : problemId);
  const field = element(
    html`<div class="field">
      <label for=${input.id}>${label}</label>
      ${control}${hint ? html`<p class="hint" id=${hintId}>${hint}</p>` : nothing}
      <p class="problem" id=${problemId} hidden></p>
    </div>`,
  );
  const problem = /** @type {HTMLElement} */ (field.querySelector('.problem'));
  return { element: field, ...fieldOf(name, input, problem), read: () => input.value };
}

/**
 * @template {Control} C
 * @param {string} name
 * @param {C} input
 * @param {HTMLElement} problem
 */
function fieldOf(name, input, problem) {
  /** @param {string} text */
  const setError = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  return { name, input, setError };
}

/**
 * @param {Field[]} inputs
 * @returns {Values}
 */
const valuesOf = (inputs) => Object.fromEntries(inputs.map((field) => [field.name, field.read()]));

/**
 * @param {Field[]} inputs
 * @param {HTMLElement} alert
 */
function clearErrors(inputs, alert) {
  alert.hidden = true;
  for (const field of inputs) field.setError('');
}

/** @param {Field[]} missing */
function markMissing(missing) {
  for (const field of missing) field.setError('This field is required.');
  missing[0]?.input.focus();
}

/**
 * Shows an error at the fields it names, or below the form if it names none of them.
 * @param {unknown} error
 * @param {Field[]} inputs
 * @param {HTMLElement} alert
 * @param {Field[]} missing
 */
function showErrors(error, inputs, alert, missing) {
  if (isCanceled(error)) return;
  const messages = new Map(Object.entries(/** @type {Failure} */ (error).fields ?? {}));
  const invalid = inputs.filter((field) => messages.has(field.name));
  for (const field of invalid) field.setError((messages.get(field.name) ?? []).map(asSentence).join(' '));
  markMissing(missing);
  if (invalid.length || missing.length) {
    inputs.find((field) => invalid.includes(field) || missing.includes(field))?.input.focus();
    return;
  }
  fill(alert, errorMessage(error), errorLink(error));
  alert.hidden = false;
}

/** @param {string} text */
const asSentence = (text) => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, '.');
