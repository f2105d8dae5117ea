// @ts-check
// The way from page to page of a list.

import { html, nothing } from '../vendor/lit.js';

/**
 * Links to the pages before and after; nothing where there is one page only.
 * @param {object} list
 * @param {number} list.page the page that is shown, from 1
 * @param {number} list.pageSize
 * @param {number} list.total how many rows all pages have
 * @param {(page: number) => string} addressOf the address of a page
 * @param {string} name what is listed, for screen readers
 */
export function pager({ page, pageSize, total }, addressOf, name) {
  const pages = Math.ceil(total / pageSize);
  if (pages <= 1 && page === 1) return nothing;
  return html`<nav class="pager" aria-label=${`Pages of ${name}`}>
    ${step(page - 1, pages, 'Previous', addressOf)}
    <span>Page ${page} of ${Math.max(pages, page)}</span>
    ${step(page + 1, pages, 'Next', addressOf)}
  </nav>`;
}

/**
 * @param {number} page
 * @param {number} pages
 * @param {string} label
 * @param {(page: number) => string} addressOf
 */
const step = (page, pages, label, addressOf) =>
  page >= 1 && page <= pages
    ? html`<a class="button" href=${addressOf(page)}>${label}</a>`
    : html`<span class="button" aria-hidden="true">${label}</span>`;

/**
 * The number of the page that an address names.
 * @param {URLSearchParams} query
 */
export function pageOf(query) {
  const page = Number(query.get('page') ?? 1);
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}
