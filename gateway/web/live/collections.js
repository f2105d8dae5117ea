// @ts-check
// Lists that are replaced as a whole when a row changes, and their loading.

/**
 * @import { ApiClient } from '../api/client.js'
 * @import { RowOf } from '../api/routes.js'
 */

const PAGE_SIZE = 100;
/** More than anyone scrolls through; the server bounds most lists as well. */
const MAX_PAGES = 10;

/**
 * Fetches all rows of a list.
 * @template {string} P
 * @param {Pick<ApiClient, 'get'>} api
 * @param {P} path
 * @param {number} [maxPages]
 * @returns {Promise<RowOf<P>[]>}
 */
export async function fetchAll(api, path, maxPages = MAX_PAGES) {
  const rows = [];
  const separator = path.includes('?') ? '&' : '?';
  for (let page = 0; page < maxPages; page += 1) {
    const response = await api.get(`${path}${separator}limit=${PAGE_SIZE}&offset=${rows.length}`);
    const { data, meta } = /** @type {{ data: RowOf<P>[], meta: { next: string | null } }} */ (response);
    rows.push(...data);
    if (!meta.next || !data.length) break;
  }
  return rows;
}

/**
 * Replaces the row that matches, or inserts the row at the start.
 * @template Row
 * @param {Row[]} rows
 * @param {Row} row
 * @param {(row: Row) => boolean} matches
 */
export function upsert(rows, row, matches) {
  const index = rows.findIndex(matches);
  return index < 0 ? [row, ...rows] : rows.with(index, row);
}

/**
 * The rows that do not match; the same array if none does.
 * @template Row
 * @param {Row[]} rows
 * @param {(row: Row) => boolean} matches
 */
export function removeWhere(rows, matches) {
  const rest = rows.filter((row) => !matches(row));
  return rest.length === rows.length ? rows : rest;
}

/**
 * Merges `changes` into the rows that match; returns the same array if none does.
 * @template Row
 * @param {Row[]} rows
 * @param {(row: Row) => boolean} matches
 * @param {Partial<Row>} changes
 */
export function updateWhere(rows, matches, changes) {
  return rows.some(matches) ? rows.map((row) => (matches(row) ? { ...row, ...changes } : row)) : rows;
}
