// @ts-check
// Compact frames of the server, as its documentation of `/ws/game/{match_id}/` lays them out.

import { STATE_BYTES } from './engine.js';

const HEADER_BYTES = 10;
const KIND_STATE = 1;
const FROZEN = 16;

/** @import { Keys } from './field.js' */
/**
 * @typedef {object} CompactFrame
 * @property {Keys} keys
 * @property {boolean} frozen
 * @property {number} seq The low 16 bits.
 * @property {number} lead
 * @property {number} elapsed
 * @property {Uint8Array} state
 * @property {number} tick
 */

/**
 * Reads a frame with a state; null for others.
 * @param {ArrayBuffer} buffer
 * @returns {CompactFrame | null}
 */
export function readFrame(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < HEADER_BYTES + STATE_BYTES || view.getUint8(0) !== KIND_STATE) return null;
  const bits = view.getUint8(1);
  const state = new Uint8Array(buffer, HEADER_BYTES, STATE_BYTES);
  return {
    keys: { left: (bits & 3) - 1, right: ((bits >> 2) & 3) - 1 },
    frozen: (bits & FROZEN) !== 0,
    seq: view.getUint16(2, true),
    lead: view.getInt8(4),
    elapsed: view.getUint32(6, true),
    state,
    // The state begins with its version (4 bits) and its tick (15 bits).
    tick: (view.getUint32(HEADER_BYTES, true) >> 4) & 0x7fff,
  };
}
