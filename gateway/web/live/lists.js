// Lists that are read from the server once and kept true by events.

import * as api from '../api.js';
import { events } from './socket.js';

const PAGE = 100;
/** More than anybody looks through; the lists of the server are bounded as well. */
const MOST_PAGES = 10;

/** All rows of a list of the server. */
export async function all(path) {
  const rows = [];
  const mark = path.includes('?') ? '&' : '?';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data, meta } = await api.get(`${path}${mark}limit=${PAGE}&offset=${rows.length}`);
    rows.push(...data);
    if (!meta.next || !data.length) break;
  }
  return rows;
}

/** The list with this row in the place of the one that is the same, or at its start. */
export function put(rows, row, same) {
  const at = rows.findIndex(same);
  return at < 0 ? [row, ...rows] : rows.with(at, row);
}

/** The list without the rows that fit; the very same where there are none. */
export function without(rows, fits) {
  const rest = rows.filter((row) => !fits(row));
  return rest.length === rows.length ? rows : rest;
}

/** The list with the rows that fit changed. */
export function change(rows, fits, parts) {
  return rows.some(fits) ? rows.map((row) => (fits(row) ? { ...row, ...parts } : row)) : rows;
}

const meanwhile = [];
let reading = 0;

/**
 * Calls back with the data of each event of this name. What comes while a list is being read may be
 * newer than what is read, and is told once more afterwards; so hearing twice must change nothing.
 */
export function hear(name, listener, signal, line = events) {
  line.on(name, (data) => {
    listener(data);
    if (reading) meanwhile.push(() => listener(data));
  }, signal);
}

/** Reads, and then tells once more what came meanwhile. */
export async function during(read) {
  reading += 1;
  try {
    await read();
    for (const tell of [...meanwhile]) tell();
  } finally {
    reading -= 1;
    if (!reading) meanwhile.length = 0;
  }
}

/**
 * Reads once, however many ask at the same time; `again` reads anew where it was read before, as
 * when events were missed.
 */
export function reader(read) {
  let done = null;
  const ready = () => {
    const now = done ??= during(read).catch((error) => {
      if (done === now) done = null;
      throw error;
    });
    return now;
  };
  const again = () => {
    if (!done) return;
    done = null;
    // A failure is told where the list is looked at: the next look reads again.
    ready().catch(() => {});
  };
  const forget = () => {
    done = null;
  };
  return { ready, again, forget };
}
