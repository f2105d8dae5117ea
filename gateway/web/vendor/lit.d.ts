// The types of lit 3.3.3. Written by tests/documents/vendor.js.
export { html, LitElement, nothing, render, svg } from 'lit';
export { ifDefined } from 'lit/directives/if-defined.js';
export { live } from 'lit/directives/live.js';
export { createRef, ref } from 'lit/directives/ref.js';
export { repeat } from 'lit/directives/repeat.js';
