// Forms: labelled fields, refusals shown at the field they are about, one submission at a time.

import { fresh, h } from './dom.js';
import { explain } from './words.js';

/**
 * A form. `fields` are fields from this file, and elements that stand between them. `run` gets the
 * values by name; what it throws is shown.
 */
export function form({ fields, submit, run, danger = false, aside = null, label = null }) {
  const inputs = fields.filter((one) => one.read);
  const alert = h('p.alert', { role: 'alert', hidden: true });
  const button = h(danger ? 'button.danger' : 'button.primary', { type: 'submit' }, submit);
  const element = h('form', { novalidate: true, 'aria-label': label ?? submit },
    fields.map((one) => one.element ?? one), alert, h('div.actions', {}, button, aside));
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    clear(inputs, alert);
    if (missing(inputs)) return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await run(values(inputs));
    } catch (error) {
      complain(error, inputs, alert);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return element;
}

/** A line of text. */
export function text(name, label, options = {}) {
  return field(name, label, h('input', { type: 'text', ...attributes(options) }), options);
}

/** Several lines of text. */
export function lines(name, label, options = {}) {
  return field(name, label, h('textarea', { rows: 4, ...attributes(options) }), options);
}

/** A password, which can be looked at while typing. */
export function password(name, label, options = {}) {
  const input = h('input', { type: 'password', maxlength: 128, ...attributes({ required: true, ...options }) });
  const eye = h('button.quiet', { type: 'button', 'aria-pressed': 'false', 'aria-label': `Show: ${label}` }, 'Show');
  eye.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    eye.setAttribute('aria-pressed', String(shown));
    eye.textContent = shown ? 'Hide' : 'Show';
  });
  return field(name, label, input, options, h('div.with-button', {}, input, eye));
}

/** A choice of one; `options` are pairs of value and text. */
export function choice(name, label, pairs, options = {}) {
  const select = h('select', attributes({ ...options, value: undefined }),
    pairs.map(([value, words]) => h('option', { value }, words)));
  select.value = options.value;
  return field(name, label, select, options);
}

/** Yes or no. */
export function tick(name, label, options = {}) {
  const input = h('input', { type: 'checkbox', name, id: fresh(name), checked: options.value });
  const problem = h('p.problem', { id: fresh('problem'), hidden: true });
  const words = h('label', { for: input.id }, label);
  const element = h('div.field.tick', {}, input, words, problem);
  return { element, ...about(name, input, problem), read: () => input.checked };
}

/** A choice of one that is seen at once, and told of as soon as it is made. */
export function segments(name, label, pairs, value, changed) {
  const options = pairs.map(([key, words]) => {
    const input = h('input', { type: 'radio', name, id: fresh(name), value: key, checked: key === value });
    input.addEventListener('change', () => changed(key));
    return [input, h('label', { for: input.id }, words)];
  });
  return h('fieldset.segments', {}, h('legend', {}, label), h('div', {}, options));
}

const attributes = ({ hint, ...rest }) => ({ autocapitalize: 'none', ...rest });

function field(name, label, input, { hint, required = input.required }, around = input) {
  input.name = name;
  input.id = fresh(name);
  input.required = required;
  const problem = h('p.problem', { id: fresh('problem'), hidden: true });
  const advice = hint && h('p.hint', { id: fresh('hint') }, hint);
  const described = [advice?.id, problem.id].filter(Boolean).join(' ');
  input.setAttribute('aria-describedby', described);
  const element = h('div.field', {}, h('label', { for: input.id }, label), around, advice, problem);
  return { element, ...about(name, input, problem), read: () => input.value };
}

function about(name, input, problem) {
  const fail = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
    if (words) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  return { name, input, fail };
}

const values = (inputs) => Object.fromEntries(inputs.map((one) => [one.name, one.read()]));

function clear(inputs, alert) {
  alert.hidden = true;
  for (const one of inputs) one.fail('');
}

function missing(inputs) {
  const empty = inputs.filter((one) => one.input.required && !one.input.value);
  for (const one of empty) one.fail('Please fill this in.');
  empty[0]?.input.focus();
  return empty.length > 0;
}

/** Shows a failure at the fields it names, and what belongs to none of them below. */
function complain(error, inputs, alert) {
  if (error.name === 'AbortError' || error.name === 'Canceled') return;
  const fields = new Map(Object.entries(error.fields ?? {}));
  const wrong = inputs.filter((one) => fields.has(one.name));
  for (const one of wrong) one.fail(fields.get(one.name).map(sentence).join(' '));
  if (wrong.length) {
    wrong[0].input.focus();
    return;
  }
  alert.textContent = explain(error);
  alert.hidden = false;
}

const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1).replace(/\.?$/, '.');
