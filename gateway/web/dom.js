// Element helpers. User text is always inserted as text nodes, never parsed as HTML.

/**
 * Creates an element: `h('button.primary', { type: 'button', onclick }, 'Save')`. Classes follow the
 * tag name after dots; `on…` keys are listeners; true and false set and omit an attribute.
 */
export function h(spec, props = {}, ...children) {
  const [name, ...classes] = spec.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props ?? {})) setProp(element, key, value);
  element.append(...children.flat(3).filter(isRenderable));
  return element;
}

const isRenderable = (child) => child !== null && child !== undefined && child !== false;

function setProp(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
  else if (key === 'value') element.value = value;
  else element.setAttribute(key, value === true ? '' : value);
}

/** The result of a view: a title, and content below a heading with the same text. */
export function page(title, ...content) {
  return { title, content: [heading(title), ...content.flat().filter(isRenderable)] };
}

/** The heading of a view; the router focuses it when the view opens. */
export function heading(...text) {
  return h('h1', { tabindex: '-1' }, ...text);
}

/** A part of a page with a heading of its own. */
export function section(title, ...content) {
  const id = uniqueId('section');
  return h('section.card', { 'aria-labelledby': id }, h('h2', { id }, title), ...content);
}

let idCount = 0;

/** An id that is unique in the document. */
export function uniqueId(prefix) {
  idCount += 1;
  return `${prefix}-${idCount}`;
}

/** Replaces the children of an element. */
export function fill(element, ...content) {
  element.replaceChildren(...content.flat(3).filter(isRenderable));
  return element;
}

/** A link to the match that keeps the user from another one, if that is the error. */
export function errorLink({ matchId }) {
  return matchId ? [' ', h('a', { href: `/matches/${matchId}` }, 'Go to the match')] : null;
}

/** A user's avatar. Decorative: the name stands beside it as text. */
export function avatar(user, size) {
  return h('img.avatar', { src: user.avatar, alt: '', width: size, height: size, loading: 'lazy' });
}
