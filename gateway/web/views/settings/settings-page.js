// @ts-check
// The frame of all settings: a side menu, and the parts of one page.

import { html } from '../../vendor/lit.js';
import { heading } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { loadStyles } from '../../styles/load-styles.js';

/**
 * @import { Children, ViewResult } from '../../elements/dom.js'
 * @import { IconName } from '../../elements/icon.js'
 */

/** @type {[path: string, label: string, symbol: IconName][]} */
const PAGES = [
  ['/settings/account', 'Account', 'person'],
  ['/settings/profile', 'Profile', 'smile'],
  ['/settings/security', 'Security', 'shield'],
  ['/settings/notifications', 'Notifications', 'bell'],
  ['/settings/games', 'Games', 'rally'],
  ['/settings/privacy', 'Privacy', 'lock'],
  ['/settings/data', 'Data', 'download'],
];

/**
 * A page of the settings. `path` is that of its entry in the side menu.
 * @param {string} path
 * @param {string} title
 * @param {Children[]} content
 * @returns {Promise<ViewResult>}
 */
export async function settingsPage(path, title, ...content) {
  await loadStyles('/styles/settings.css');
  return {
    title,
    content: html`<div class="settings">
      <nav class="side-menu" aria-label="Settings">${PAGES.map((entry) => menuLink(entry, path))}</nav>
      <div class="view-part">${heading(title)} ${content}</div>
    </div>`,
  };
}

/**
 * @param {[path: string, label: string, symbol: IconName]} entry
 * @param {string} current
 */
const menuLink = ([path, label, symbol], current) =>
  path === current
    ? html`<a href=${path} aria-current="page">${icon(symbol)}${label}</a>`
    : html`<a href=${path}>${icon(symbol)}${label}</a>`;
