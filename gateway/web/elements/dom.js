// @ts-check
// Element helpers. What people write is always inserted as text, never parsed as HTML.

import { html, nothing, render } from '../vendor/lit.js';

/**
 * @import { UserSummary } from '../api/types.js'
 * @typedef {ReturnType<typeof html>} TemplateResult
 */

/** @typedef {Pick<UserSummary, 'avatar'>} Pictured */
/** @typedef {Node | TemplateResult | string | number | null | undefined | false | typeof nothing} Child */
/** @typedef {Child | Child[] | Child[][]} Children */
/** @typedef {Record<string, any>} Props */
/** @template {string} Name @typedef {Name extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name] : HTMLElement} Named */
/** @template {string} Spec @typedef {Spec extends `${infer Name}.${string}` ? Named<Name> : Named<Spec>} ElementOf */
/** @typedef {{ title: string, content: unknown }} ViewResult What a view shows, and its title. */

/**
 * Creates an element: `h('button.primary', { type: 'button', onclick }, 'Save')`. Classes follow the
 * tag name after dots; `on…` keys are listeners; true and false set and omit an attribute.
 * @template {string} Spec
 * @param {Spec} spec
 * @param {Props | null} [props]
 * @param {Children[]} children
 * @returns {ElementOf<Spec>}
 */
export function h(spec, props = {}, ...children) {
  const [name = 'div', ...classes] = spec.split('.');
  const created = document.createElement(name);
  if (classes.length) created.className = classes.join(' ');
  for (const [key, value] of Object.entries(props ?? {})) setProp(created, key, value);
  created.append(...nodesOf(children));
  return /** @type {ElementOf<Spec>} */ (created);
}

/**
 * The first element of a template that is rendered once.
 * @template {Element} [E=HTMLElement]
 * @param {TemplateResult} template
 * @returns {E}
 */
export function element(template) {
  const fragment = document.createDocumentFragment();
  // Lit renders into fragments as into elements.
  render(template, /** @type {any} */ (fragment));
  return /** @type {E} */ (fragment.firstElementChild);
}

/**
 * @param {Children[]} children
 * @returns {(Node | string)[]}
 */
const nodesOf = (children) => /** @type {Child[]} */ (children.flat(3)).filter(isRenderable).map(toNode);

/** @param {Child} child */
const isRenderable = (child) => child !== null && child !== undefined && child !== false && child !== nothing;

/** @param {any} child */
function toNode(child) {
  if (!('object' === typeof child && '_$litType$' in child)) return child instanceof Node ? child : String(child);
  const fragment = document.createDocumentFragment();
  render(child, /** @type {any} */ (fragment));
  return fragment;
}

/**
 * @param {HTMLElement} target
 * @param {string} key
 * @param {any} value
 */
function setProp(target, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith('on')) target.addEventListener(key.slice(2), value);
  else if (key === 'value') Object.assign(target, { value });
  else target.setAttribute(key, value === true ? '' : value);
}

/**
 * The result of a view: a title, and content below a heading with the same text.
 * @param {string} title
 * @param {Children[]} content
 * @returns {ViewResult}
 */
export function page(title, ...content) {
  return {
    title,
    content: [heading(title), ...content.flat().filter((child) => isRenderable(/** @type {Child} */ (child)))],
  };
}

/**
 * The heading of a view; the router focuses it when the view opens.
 * @param {Children[]} text
 */
export function heading(...text) {
  return h('h1', { tabindex: '-1', dir: 'auto' }, ...text);
}

/**
 * A part of a page with a heading of its own.
 * @param {string} title
 * @param {Children[]} content
 */
export function section(title, ...content) {
  const id = uniqueId('section');
  return h('section.card', { 'aria-labelledby': id }, h('h2', { id }, title), ...content);
}

let idCount = 0;

/**
 * An id that is unique in the document.
 * @param {string} prefix
 */
export function uniqueId(prefix) {
  idCount += 1;
  return `${prefix}-${idCount}`;
}

/**
 * Replaces the children of an element.
 * @template {Element} E
 * @param {E} target
 * @param {Children[]} content
 */
export function fill(target, ...content) {
  target.replaceChildren(...nodesOf(content));
  return target;
}

/**
 * A link to the match that keeps the user from another one, if that is the error.
 * @param {unknown} error
 */
export function errorLink(error) {
  const { matchId } = /** @type {{ matchId?: string | null }} */ (error);
  return matchId ? [' ', h('a', { href: `/matches/${matchId}` }, 'Go to the match')] : null;
}

/**
 * A user's avatar. Decorative: the name stands beside it as text.
 * @param {Pictured} user
 * @param {number} size
 * @returns {HTMLImageElement}
 */
export function avatar(user, size) {
  return element(html`<img class="avatar" src=${user.avatar} alt="" width=${size} height=${size} loading="lazy" />`);
}
