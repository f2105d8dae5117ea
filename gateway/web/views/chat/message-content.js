// @ts-check
// What people write, with its links and mentions.

import { splitLinks } from '../../elements/linkify.js';
import { html, ifDefined } from '../../vendor/lit.js';

/** @typedef {import('../../api/types.js').Message} Message */

const MENTION = /(@[\p{L}\p{N}_.-]*[\p{L}\p{N}])/u;

/**
 * The content of a message. Its links are tab stops where `isActive`; `ownId` is the reader, whose mentions
 * stand out most.
 *
 * @param {Pick<Message, 'content' | 'mentions'>} message
 * @param {{ isActive: boolean, ownId: string }} reader
 */
export function messageContent({ content, mentions }, { isActive, ownId }) {
  return splitLinks(content).map(({ text, href }) =>
    href ? link(text, href, isActive) : highlightMentions(text, mentions, ownId),
  );
}

/**
 * A link that people wrote. Other sites learn nothing of this one.
 *
 * @param {string} text
 * @param {string} href
 * @param {boolean} isActive
 */
function link(text, href, isActive) {
  const tabIndex = isActive ? undefined : -1;
  if (new URL(href).origin === location.origin)
    return html`<a href=${href} tabindex=${ifDefined(tabIndex)}>${text}</a>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc" tabindex=${ifDefined(tabIndex)}
    >${text}</a
  >`;
}

/**
 * @param {string} text
 * @param {Message['mentions']} mentions
 * @param {string} ownId
 */
function highlightMentions(text, mentions, ownId) {
  const mentioned = new Map(mentions.map((user) => [user.username.toLowerCase(), user]));
  return text.split(MENTION).map((part) => {
    const user = part.startsWith('@') && mentioned.get(part.slice(1).toLowerCase());
    return user ? html`<mark class=${user.id === ownId ? 'me' : ''}>${part}</mark>` : part;
  });
}
