// @ts-check
// The menu behind the avatar in the bar: status, pages of one's own, logout.

import { avatar, fill, h } from '../elements/dom.js';
import { icon } from '../elements/icon.js';
import { profileUrl } from '../elements/person-row.js';
import { showError, showToast } from '../elements/toasts.js';
import { session } from '../api/session.js';
import { navigate } from './router.js';

/**
 * @import { Profile } from '../api/types.js'
 * @import { IconName } from '../elements/icon.js'
 */

/**
 * The button and its menu.
 * @param {Profile} profile
 */
export function accountMenu(profile) {
  const status = h('div.status-menu', { hidden: true });
  const menu = h(
    'div.menu',
    { id: 'menu', popover: true },
    h('p.account', {}, h('strong', { dir: 'auto' }, profile.display_name), h('span', {}, `@${profile.username}`)),
    menuLink('person', 'Your profile', profileUrl(profile.username)),
    menuLink('court', 'Matches', '/matches'),
    menuLink('trophy', 'Leaderboards', '/leaderboards'),
    menuLink('settings', 'Settings', '/settings/account'),
    status,
    h('button', { type: 'button', onclick: logOut }, icon('log-out'), 'Log out'),
  );
  menu.addEventListener('click', ({ target }) => {
    if (/** @type {HTMLElement} */ (target).closest('a, button')) menu.hidePopover();
  });
  followStatus(menu, status);
  return [
    h('button.menu-button', { type: 'button', popovertarget: 'menu', 'aria-label': 'Your menu' }, avatar(profile, 34)),
    menu,
  ];
}

/**
 * Shows the status while the menu is open.
 * @param {HTMLElement} menu
 * @param {HTMLElement} place
 */
function followStatus(menu, place) {
  let open = new AbortController();
  menu.addEventListener('toggle', async ({ newState }) => {
    open.abort();
    if (newState !== 'open') return;
    open = new AbortController();
    const { signal } = open;
    try {
      const { statusMenu } = await import('./status-menu.js');
      fill(place, await statusMenu(signal));
      place.hidden = false;
    } catch (error) {
      if (!signal.aborted) showError(error);
    }
  });
}

/**
 * @param {IconName} symbol
 * @param {string} label
 * @param {string} href
 */
const menuLink = (symbol, label, href) => h('a', { href }, icon(symbol), label);

async function logOut() {
  try {
    await session.signOut();
    await navigate('/', { replace: true });
    showToast('You are logged out.');
  } catch (error) {
    showError(error);
  }
}
