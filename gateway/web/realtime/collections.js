// Collections that are loaded over HTTP once and kept current by events.

import * as api from '../api.js';
import { events } from './events-socket.js';

const PAGE_SIZE = 100;
/** More than anyone scrolls through; the server bounds most lists as well. */
const MAX_PAGES = 10;

/** Fetches all rows of a list. */
export async function fetchAll(path) {
  const rows = [];
  const separator = path.includes('?') ? '&' : '?';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { data, meta } = await api.get(`${path}${separator}limit=${PAGE_SIZE}&offset=${rows.length}`);
    rows.push(...data);
    if (!meta.next || !data.length) break;
  }
  return rows;
}

/** Replaces the row that matches, or inserts the row at the start. */
export function upsert(rows, row, matches) {
  const index = rows.findIndex(matches);
  return index < 0 ? [row, ...rows] : rows.with(index, row);
}

/** The rows that do not match; the same array if none does. */
export function removeWhere(rows, matches) {
  const rest = rows.filter((row) => !matches(row));
  return rest.length === rows.length ? rows : rest;
}

/** Merges `changes` into the rows that match; returns the same array if none does. */
export function updateWhere(rows, matches, changes) {
  return rows.some(matches) ? rows.map((row) => (matches(row) ? { ...row, ...changes } : row)) : rows;
}

const eventsDuringLoad = [];
let loadsInProgress = 0;

/**
 * Calls back with the data of each event of this name. An event that arrives during a load may be
 * newer than the response, so it is replayed afterwards; callbacks must be idempotent.
 */
export function onEvent(name, callback, signal, socket = events) {
  socket.on(name, (data) => {
    callback(data);
    if (loadsInProgress) eventsDuringLoad.push(() => callback(data));
  }, signal);
}

/** Runs a load, then replays the events that arrived meanwhile. */
export async function withReplay(load) {
  loadsInProgress += 1;
  try {
    await load();
    for (const replay of [...eventsDuringLoad]) replay();
  } finally {
    loadsInProgress -= 1;
    if (!loadsInProgress) eventsDuringLoad.length = 0;
  }
}

/**
 * Wraps a load so that it runs once. `ready` waits for it; `refresh` repeats it if it has run, such
 * as after missed events; `reset` forgets that it ran.
 */
export function createLoader(load) {
  let current = null;
  const ready = () => {
    const started = current ??= withReplay(load).catch((error) => {
      if (current === started) current = null;
      throw error;
    });
    return started;
  };
  const refresh = () => {
    if (!current) return;
    current = null;
    // A failure shows in the next view that needs the list: it loads again.
    ready().catch(() => {});
  };
  const reset = () => {
    current = null;
  };
  return { ready, refresh, reset };
}
