// @ts-check
// Finds people: by name, among recent opponents, and among friends of friends.

import { onAbort } from '../../live/abort.js';
import { html, nothing, render } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { h, heading } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { errorMessage, plural } from '../../elements/format.js';
import { icon } from '../../elements/icon.js';
import { personRow } from '../../elements/person-row.js';
import { replaceAddress } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { suggestionsSection } from './add-friend.js';
import { recentOpponents } from './recent-opponents.js';

/**
 * @import { UserSummary } from '../../api/types.js'
 * @import { ViewContext } from '../view-context.js'
 */

const DEBOUNCE = 250;
const PAGE_SIZE = 20;
const MAX_SUGGESTIONS = 10;

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  const search = new PeopleSearch(query.get('search') ?? '', signal);
  const [{ data: suggestions }, recent] = await Promise.all([
    api.get(`/friends/suggestions/?limit=${MAX_SUGGESTIONS}`, { signal }),
    recentOpponents(signal),
    search.run(),
    loadStyles('/styles/people.css'),
  ]);
  search.ideas = html`${recent} ${suggestionsSection(suggestions)}`;
  search.hasIdeas = suggestions.length > 0 || recent !== nothing;
  search.show();
  return { title: 'People', content: html`${heading('People')} ${search.element}` };
}

/** The form with what it finds. A newer search aborts the current one. */
class PeopleSearch {
  element = h('div.stack');
  /** What is shown while there is no search. */
  ideas = html``;
  hasIdeas = false;
  #signal;
  #term;
  #current = new AbortController();
  #timer = 0;
  /** @type {UserSummary[]} */
  #people = [];
  #status = '';
  #hasMore = false;

  /**
   * @param {string} term
   * @param {AbortSignal} signal
   */
  constructor(term, signal) {
    this.#term = term;
    this.#signal = signal;
    onAbort(signal, () => clearTimeout(this.#timer));
  }

  /** Searches for the term, from the first page on. */
  async run() {
    clearTimeout(this.#timer);
    this.#current.abort();
    this.#current = new AbortController();
    const term = this.#term.trim();
    if (!this.#signal.aborted) replaceAddress(term ? `/people?search=${encodeURIComponent(term)}` : '/people');
    if (term) return this.#load(0);
    this.#found([], '', false);
    return this.show();
  }

  /** @param {number} offset */
  async #load(offset) {
    const signal = AbortSignal.any([this.#current.signal, this.#signal]);
    const query = `search=${encodeURIComponent(this.#term.trim())}&limit=${PAGE_SIZE}&offset=${offset}`;
    try {
      const { data, meta } = await api.get(`/users/?${query}`, { signal });
      if (signal.aborted) return;
      const status = meta.total ? `${plural(meta.total, 'person', 'people')} found.` : 'No one found.';
      this.#found(offset ? [...this.#people, ...data] : data, status, Boolean(meta.next));
    } catch (error) {
      if (signal.aborted) return;
      this.#found(this.#people, errorMessage(error), false);
    }
    this.show();
  }

  /**
   * @param {UserSummary[]} people
   * @param {string} status
   * @param {boolean} hasMore
   */
  #found(people, status, hasMore) {
    [this.#people, this.#status, this.#hasMore] = [people, status, hasMore];
  }

  /** @param {InputEvent} event */
  #onInput = ({ target }) => {
    this.#term = /** @type {HTMLInputElement} */ (target).value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), DEBOUNCE);
  };

  /** @param {SubmitEvent} event */
  #onSubmit = (event) => {
    event.preventDefault();
    this.run();
  };

  #showMore = async () => {
    const count = this.#people.length;
    await this.#load(count);
    /** @type {HTMLElement | null} */
    const next = this.element.querySelector(`li:nth-child(${count + 1}) a`);
    next?.focus();
  };

  /** Shows what was found, or ideas while nothing is searched for. */
  show() {
    render(
      html`<div class="card">
          <form role="search" aria-label="People" @submit=${this.#onSubmit}>
            <div class="field">
              <label for="search">Name</label>
              <div class="search-field">${icon('search')}${this.#input()}</div>
            </div>
            <p class="hint" id="search-status" role="status">${this.#status}</p>
          </form>
          ${
            this.#people.length
              ? html`<ul class="rows person-rows">
                  ${this.#people.map((user) => personRow(user))}
                </ul>`
              : nothing
          }
          ${
            this.#hasMore
              ? html`<div class="actions"><button type="button" @click=${this.#showMore}>Show more</button></div>`
              : nothing
          }
        </div>
        ${this.#term.trim() ? nothing : this.#ideasOrHint()}`,
      this.element,
    );
  }

  #input() {
    return html`<input
      type="search"
      id="search"
      name="search"
      .value=${this.#term}
      maxlength="100"
      placeholder="The beginning of a name"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      aria-describedby="search-status"
      @input=${this.#onInput}
    />`;
  }

  #ideasOrHint() {
    if (this.hasIdeas) return this.ideas;
    return emptyState(
      'friends',
      'Search for somebody you know. Friends of your friends and people you played appear here.',
      [h('a.button', { href: '/play?game=pong&opponent=random' }, 'Meet somebody on the court')],
    );
  }
}
