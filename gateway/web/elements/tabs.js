// @ts-check
// Tabs that switch between the parts of a view, one tab stop with arrows inside.

import { html, nothing, render } from '../vendor/lit.js';
import { uniqueId } from './dom.js';

/** @typedef {{ key: string, label: string, count?: number }} Tab */

/** @type {Record<string, (index: number, last: number) => number>} */
const MOVES = {
  ArrowLeft: (index, last) => (index === 0 ? last : index - 1),
  ArrowRight: (index, last) => (index === last ? 0 : index + 1),
  Home: () => 0,
  End: (_index, last) => last,
};

/**
 * The tabs and the panel they control. `update` shows other tabs or counts; `onSelect` gets the key of the tab
 * that is chosen.
 * @param {string} label
 * @param {(key: string) => void} onSelect
 */
export function tabList(label, onSelect) {
  const element = document.createElement('div');
  const panel = document.createElement('div');
  const id = uniqueId('tabs');
  Object.assign(panel, { id: `${id}-panel`, role: 'tabpanel', className: 'stack' });
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const all = [.../** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('[role=tab]'))];
    const index = all.indexOf(/** @type {HTMLElement} */ (event.target));
    const next = all[MOVES[event.key]?.(index, all.length - 1) ?? -1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  };
  /**
   * @param {Tab[]} tabs
   * @param {string} current
   */
  const update = (tabs, current) => {
    panel.setAttribute('aria-labelledby', `${id}-${current}`);
    render(
      html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${onKeyDown}>
        ${tabs.map((tab) => tabButton(tab, { id, isCurrent: tab.key === current, onSelect }))}
      </div>`,
      element,
    );
  };
  return { element, panel, update };
}

/**
 * @param {Tab} tab
 * @param {{ id: string, isCurrent: boolean, onSelect: (key: string) => void }} context
 */
const tabButton = ({ key, label, count = 0 }, { id, isCurrent, onSelect }) =>
  html`<button
    type="button"
    role="tab"
    id=${`${id}-${key}`}
    data-tab=${key}
    aria-selected=${isCurrent}
    aria-controls=${`${id}-panel`}
    tabindex=${isCurrent ? 0 : -1}
    @click=${() => onSelect(key)}
  >
    ${label}${count ? html`<span class="count">${count}</span>` : nothing}
  </button>`;
