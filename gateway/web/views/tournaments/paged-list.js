// @ts-check
// A list that is loaded page by page below what is there already.

import { actionButton } from '../../elements/action-button.js';
import { elementOf } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';

const PAGE_SIZE = 30;

/**
 * @template Row
 * @typedef {object} PagedList
 * @property {string} className
 * @property {(query: string) => Promise<{ data: Row[], meta: { total: number } }>} load
 * @property {(row: Row) => unknown} keyOf
 * @property {(row: Row) => unknown} row
 * @property {() => unknown} empty What stands there while there is nothing.
 */

/**
 * @template Row
 * @param {PagedList<Row>} list
 */
export function pagedList({ className, load, keyOf, row, empty }) {
  const element = elementOf(html`<div class="card" aria-busy="true"></div>`);
  /** @type {Row[]} */
  let rows = [];
  const loadMore = async () => {
    const { data, meta } = await load(`limit=${PAGE_SIZE}&offset=${rows.length}`);
    rows = [...rows, ...data];
    element.removeAttribute('aria-busy');
    const hasMore = data.length > 0 && rows.length < meta.total;
    const content = rows.length
      ? html`<ul class=${className}>
          ${repeat(rows, keyOf, row)}
        </ul>`
      : empty();
    render(html`${content} ${hasMore ? more : nothing}`, element);
  };
  const more = actionButton('Show more', loadMore);
  loadMore().catch(showError);
  return element;
}
