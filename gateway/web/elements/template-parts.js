// @ts-check
// Templates as elements, and parts of templates that follow signals.

import { ref, render } from '../vendor/lit.js';

/** @import { TemplateResult } from 'lit' */
/** @typedef {{ subscribe(subscriber: () => void, abortSignal?: AbortSignal): void }} Followed */

/**
 * The element that a template renders, for what wants an element rather than a template.
 * @param {TemplateResult} template
 */
export function elementOf(template) {
  const place = document.createElement('div');
  render(template, place);
  const element = place.firstElementChild;
  if (!(element instanceof HTMLElement)) throw new TypeError('The template has no element.');
  return element;
}

/**
 * Fills an element with what `template` returns, again whenever one of the signals changes, until the abort
 * signal fires: `<div ${following([search], () => html`…`, signal)}></div>`. It belongs into templates that
 * are rendered once.
 * @param {readonly Followed[]} signals
 * @param {() => unknown} template
 * @param {AbortSignal} abortSignal
 */
export function following(signals, template, abortSignal) {
  return ref((element) => {
    if (!(element instanceof HTMLElement)) return;
    for (const one of signals) one.subscribe(() => render(template(), element), abortSignal);
  });
}
