// The options of a game as fields, by the schema that the server gives for them.

import { h } from '../../dom.js';
import { checkbox, selectField } from '../../forms.js';
import { optionLabel, optionValueText } from '../../games/game-texts.js';

/** The value of a field for "any" in the queue. */
const ANY = 'any';

/**
 * The fields of a game's options. `without` names options that do not apply; `allowAny` offers any
 * value, for the queue.
 */
export function optionFields(game, { without = [], allowAny = false } = {}) {
  const properties = Object.entries(game.options.properties ?? {}).filter(([name]) => !without.includes(name));
  return properties.map(([name, schema]) => optionField(name, schema, allowAny));
}

function optionField(name, schema, allowAny) {
  const label = optionLabel(name);
  if (schema.type === 'boolean' && !allowAny) return checkbox(name, label, { value: schema.default });
  const values = valuesOf(schema).map((value) => [String(value), schema.type === 'boolean' ? (value ? 'Yes' : 'No') : optionValueText(name, value)]);
  const pairs = allowAny ? [[ANY, 'Any'], ...values] : values;
  return selectField(name, label, pairs, { value: allowAny ? ANY : String(schema.default) });
}

function valuesOf({ type, enum: names, minimum, maximum }) {
  if (type === 'boolean') return [true, false];
  return names ?? Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index);
}

/** The options that these form values choose, in the types of the schema; those for any value are left out. */
export function chosenOptions(game, values) {
  const options = {};
  for (const [name, schema] of Object.entries(game.options.properties ?? {})) {
    const value = values[name];
    if (value === undefined || value === ANY) continue;
    options[name] = schema.type === 'integer' ? Number(value) : schema.type === 'boolean' ? value === true || value === 'true' : value;
  }
  return options;
}

/** A group of fields that is folded away: the defaults are good. */
export function foldedOptions(fields) {
  const grid = h('div.options-grid', {}, fields.map((field) => field.element));
  return { fields, element: fields.length ? h('details.options', {}, h('summary', {}, 'Options'), grid) : '' };
}
