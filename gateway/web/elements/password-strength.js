// @ts-check
// How hard a new password is to guess, while it is typed. The server decides, by a dictionary of its own.

const MIN_LENGTH = 8;
/** Words that stand at the beginning of every list of passwords. */
const COMMON =
  /password|passwort|qwert|asdf|letmein|welcome|iloveyou|admin|dragon|football|monkey|courtside|master|login/gi;
/** Repeated characters and digits or letters in a row. */
const RUNS = /(.)\1{2,}|(?:0123|1234|2345|3456|4567|5678|6789|7890|abcd|bcde|cdef)\w*/gi;
/** Bits from which on a password counts as fair, good and strong. */
const BITS = [30, 45, 60];

/**
 * The strength from 0 (none) to 4.
 * @param {string} password
 * @param {string[]} [personal] Words that a stranger would try first.
 * @returns {number}
 */
export function passwordStrength(password, personal = []) {
  if (!password) return 0;
  if ([...password].length < MIN_LENGTH) return 1;
  const bits = guessableBits(password, personal);
  return 1 + BITS.filter((least) => bits >= least).length;
}

/**
 * @param {string} password
 * @param {string[]} personal
 */
function guessableBits(password, personal) {
  let rest = password.replace(COMMON, '_').replace(RUNS, '_');
  for (const word of personal) if (word.length > 3) rest = rest.replaceAll(new RegExp(escape(word), 'gi'), '_');
  const different = new Set(rest.toLowerCase()).size;
  // Many copies of few characters are guessed as few characters.
  const length = Math.min([...rest].length, different * 2);
  return length * Math.log2(alphabetOf(rest)) * 0.75;
}

/** @param {string} word */
const escape = (word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** @param {string} text */
function alphabetOf(text) {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/];
  const sizes = [26, 26, 10, 32];
  return kinds.reduce((sum, kind, index) => sum + (kind.test(text) ? (sizes[index] ?? 0) : 0), 1);
}
