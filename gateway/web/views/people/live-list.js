// @ts-check
// A list of people that follows a store.

import { h } from '../../elements/dom.js';
import { keyedList } from '../../elements/keyed-list.js';

/**
 * @template Row
 * @typedef {object} LiveListOptions
 * @property {(row: Row) => HTMLElement} render
 * @property {AbortSignal} signal
 * @property {HTMLElement} [empty] What stands there while the list is empty.
 * @property {(rows: Row[]) => Row[]} [choose] Leaves rows out.
 */

/**
 * @template {{ id: string } | { user: { id: string } }} Row
 * @param {{ subscribe: (subscriber: (rows: Row[]) => void, signal: AbortSignal) => void }} source
 * @param {LiveListOptions<Row>} options
 */
export function liveList(source, { render, signal, empty, choose = (rows) => rows }) {
  const list = h('ul.rows.person-rows');
  const show = keyedList(list, (/** @type {Row} */ row) => ('id' in row ? row.id : row.user.id), render);
  source.subscribe((all) => {
    const rows = choose(all);
    show(rows);
    list.hidden = !rows.length;
    if (empty) empty.hidden = rows.length > 0;
  }, signal);
  return h('div', {}, empty, list);
}
