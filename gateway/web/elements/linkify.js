// @ts-check
// Finds the links in what people write.

const LINK = /https?:\/\/[^\s<>"]+/giu;
/** Punctuation that ends a sentence rather than an address. */
const TRAILING = /[.,;:!?'”’…*_~]+$/u;
/** @type {Record<string, string>} */
const BRACKETS = { ')': '(', ']': '[', '}': '{' };

/**
 * Splits a text into parts: `{ text }` and `{ text, href }` for the links, which are http or https.
 * @param {string} text
 * @returns {{ text: string, href?: string }[]}
 */
export function splitLinks(text) {
  /** @type {{ text: string, href?: string }[]} */
  const parts = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(LINK)) {
    const link = trim(match);
    const href = addressOf(link);
    if (!href) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: link, href });
    end = index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/**
 * Leaves out what closes the sentence or the bracket around an address.
 * @param {string} link
 * @returns {string}
 */
function trim(link) {
  const trimmed = link.replace(TRAILING, '');
  const last = trimmed.at(-1) ?? '';
  const opening = BRACKETS[last];
  const isUnbalanced = opening && trimmed.split(last).length > trimmed.split(opening).length;
  if (isUnbalanced) return trim(trimmed.slice(0, -1));
  return trimmed;
}

/**
 * The address; null if it is none, or hides another host behind a name and password.
 * @param {string} link
 */
function addressOf(link) {
  if (!URL.canParse(link)) return null;
  const { href, username, password } = new URL(link);
  return username || password ? null : href;
}
