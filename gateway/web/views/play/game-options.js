// @ts-check
// The options of a game as fields, by the schema that the server gives for them.

import { checkbox, selectField } from '../../elements/forms.js';
import { elementOf } from '../../elements/template-parts.js';
import { optionLabel, optionValueText } from '../../games/game-texts.js';
import { createRef, html, ref } from '../../vendor/lit.js';

/** @import { ChosenOptions, Field, Game, OptionSchema, OptionValue } from './types.js' */

/** The value of a field for "any" in the queue. */
const ANY = 'any';
/** What is said where nothing is chosen. */
const ANYTHING = 'Anything goes';

/**
 * The fields of a game's options. `without` names options that do not apply; `allowAny` offers any
 * value, for the queue.
 * @param {Game} game
 * @param {{ without?: string[], allowAny?: boolean }} [choice]
 */
export function optionFields(game, { without = [], allowAny = false } = {}) {
  return schemasOf(game)
    .filter(([name]) => !without.includes(name))
    .sort(([, a], [, b]) => Number(a.type === 'boolean') - Number(b.type === 'boolean'))
    .map(([name, schema]) => optionField(name, schema, allowAny));
}

/**
 * @param {Game} game
 * @returns {[string, OptionSchema][]}
 */
const schemasOf = (game) => Object.entries(game.options.properties ?? {});

/**
 * @param {string} name
 * @param {OptionSchema} schema
 * @param {boolean} allowAny
 * @returns {Field}
 */
function optionField(name, schema, allowAny) {
  const label = optionLabel(name);
  if (schema.type === 'boolean' && !allowAny) return checkbox(name, label, { value: schema.default === true });
  /** @type {[string, string][]} */
  const values = valuesOf(schema).map((value) => [String(value), optionValueText(name, value)]);
  /** @type {[string, string][]} */
  const pairs = allowAny ? [[ANY, 'Any'], ...values] : values;
  return selectField(name, label, pairs, { value: allowAny ? ANY : String(schema.default) });
}

/**
 * @param {OptionSchema} schema
 * @returns {OptionValue[]}
 */
function valuesOf({ type, enum: names, minimum = 0, maximum = 0 }) {
  if (type === 'boolean') return [true, false];
  return names ?? Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index);
}

/**
 * The options that these form values choose, in the types of the schema; those for any value are left out.
 * @param {Game} game
 * @param {Record<string, string | boolean>} values
 * @returns {ChosenOptions}
 */
export function chosenOptions(game, values) {
  /** @type {Record<string, OptionValue>} */
  const options = {};
  for (const [name, { type }] of schemasOf(game)) {
    const value = values[name];
    if (value === undefined || value === ANY) continue;
    if (type === 'integer') options[name] = Number(value);
    else options[name] = type === 'boolean' ? value === true || value === 'true' : value;
  }
  return /** @type {ChosenOptions} */ (options);
}

/**
 * A group of fields that is folded away, as the defaults are good; folded, it says what they are.
 * @param {Field[]} fields
 * @returns {{ fields: Field[], element: HTMLElement }}
 */
export function foldedOptions(fields) {
  const summary = createRef();
  const describe = () => {
    const texts = fields.map(fieldText).filter(Boolean);
    if (summary.value) summary.value.textContent = texts.join(' · ') || ANYTHING;
  };
  const element = elementOf(
    html`<details class="options" ?hidden=${!fields.length} @change=${describe}>
      <summary>Options<span class="hint" ${ref(summary)}></span></summary>
      <div class="options-grid">${fields.map((field) => field.element)}</div>
    </details>`,
  );
  describe();
  return { fields, element };
}

/**
 * What a field chooses; empty for what is off or does not matter.
 * @param {Field} field
 */
function fieldText({ name, read }) {
  const value = read();
  const label = optionLabel(name);
  if (value === true || value === 'true') return label;
  if (value === false || value === ANY) return '';
  if (value === 'false') return `No ${label.toLowerCase()}`;
  const text = optionValueText(name, Number.isNaN(Number(value)) ? value : Number(value));
  return `${label}: ${text.toLowerCase()}`;
}
