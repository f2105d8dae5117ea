// @ts-check
// Mentions while they are typed: which part of a text is one, and whom it may mean.

/** An `@` at the start of a word, and what follows it up to the caret. */
const MENTION_START = /(?:^|[\s(])@([\p{L}\p{N}_.-]*)$/u;
const MAX_SUGGESTIONS = 6;

/**
 * The mention that is being typed at the caret, or null.
 *
 * @param {string} text
 * @param {number} caret
 */
export function mentionAt(text, caret) {
  const match = MENTION_START.exec(text.slice(0, caret));
  const query = match?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, query };
}

/**
 * The people whose username or name starts with the query, or has a word that does; usernames first.
 *
 * @template {{ username: string, display_name: string, is_deleted?: boolean }} P
 * @param {P[]} people
 * @param {string} query
 */
export function matchPeople(people, query) {
  const wanted = query.toLowerCase();
  /** @param {P} person */
  const rank = ({ username, display_name: name }) => {
    if (username.toLowerCase().startsWith(wanted)) return 0;
    return name
      .toLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(wanted))
      ? 1
      : 2;
  };
  return people
    .filter((person) => !person.is_deleted && rank(person) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.display_name.localeCompare(b.display_name))
    .slice(0, MAX_SUGGESTIONS);
}

/**
 * The text with the mention completed, and where the caret stands then.
 *
 * @param {string} text
 * @param {{ start: number, query: string }} mention
 * @param {string} username
 */
export function completeMention(text, { start, query }, username) {
  const after = text.slice(start + 1 + query.length);
  const completed = `@${username}${/^\s/.test(after) ? '' : ' '}`;
  return { text: text.slice(0, start) + completed + after, caret: start + completed.length };
}
