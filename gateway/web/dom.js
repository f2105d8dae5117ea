// Making elements. Text is always text here: nothing that people wrote is ever read as HTML.

/**
 * An element: `h('button.primary', { type: 'button', onclick }, 'Save')`. Classes follow the name
 * after dots; `on…` are listeners; true and false set and leave out an attribute.
 */
export function h(spec, props = {}, ...children) {
  const [name, ...classes] = spec.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props ?? {})) set(element, key, value);
  element.append(...children.flat(3).filter(present));
  return element;
}

const present = (child) => child !== null && child !== undefined && child !== false;

function set(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
  else if (key === 'value') element.value = value;
  else element.setAttribute(key, value === true ? '' : value);
}

/** What a view gives to the router: a title and its content, below a heading that says the same. */
export function page(title, ...content) {
  return { title, content: [heading(title), ...content.flat().filter(present)] };
}

/** The heading of a view; it gets the focus when the view opens. */
export function heading(...text) {
  return h('h1', { tabindex: '-1' }, ...text);
}

/** A part of a page with its own heading. */
export function section(title, ...content) {
  const id = fresh('section');
  return h('section.card', { 'aria-labelledby': id }, h('h2', { id }, title), ...content);
}

let made = 0;

/** An id that no other element has. */
export function fresh(stem) {
  made += 1;
  return `${stem}-${made}`;
}

/** Puts new content in the place of the old. */
export function fill(element, ...content) {
  element.replaceChildren(...content.flat(3).filter(present));
  return element;
}

/** Somebody's picture; its meaning stands beside it in text. */
export function avatar(person, size) {
  return h('img.avatar', { src: person.avatar, alt: '', width: size, height: size, loading: 'lazy' });
}
