// @ts-check
// The title of the page, with what is unread: “(3) Chats · Courtside”.

const SITE = 'Courtside';

let title = '';
let unread = 0;

/**
 * Sets the title of the view.
 *
 * @param {string} next
 */
export function setPageTitle(next) {
  title = next;
  update();
}

/**
 * Sets the number of unread messages.
 *
 * @param {number} next
 */
export function setTitleCount(next) {
  unread = next;
  update();
}

function update() {
  const name = title ? `${title} · ${SITE}` : SITE;
  document.title = unread ? `(${unread > 99 ? '99+' : unread}) ${name}` : name;
}
