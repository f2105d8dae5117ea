// @ts-check
// Which message of a list has the focus, and which one the pointer is over.

/** @typedef {'active' | 'hovered' | null} RowFocus */

const ROWS = '.message[data-key]';

/**
 * Makes the messages of a list one tab stop: the one that had the focus last, or the newest. Arrow keys move
 * within it, and Enter opens the menu of a message. `update` is called with the ids of the messages whose focus
 * has changed.
 *
 * @param {HTMLElement} list
 * @param {{ update: (ids: (string | null)[]) => void, openMenu: (row: HTMLElement) => void }} callbacks
 */
export function rowFocus(list, { update, openMenu }) {
  /** @type {{ active: string | null, hovered: string | null }} */
  const state = { active: null, hovered: null };
  /** @param {Partial<typeof state>} changes */
  const set = (changes) => {
    const { active, hovered } = state;
    Object.assign(state, changes);
    if (active !== state.active || hovered !== state.hovered) update([active, hovered, state.active, state.hovered]);
  };
  list.addEventListener('focusin', ({ target }) => set({ active: keyOf(target) ?? state.active }));
  list.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType === 'mouse') set({ hovered: keyOf(target) });
  });
  list.addEventListener('pointerleave', () => set({ hovered: null }));
  list.addEventListener('keydown', (event) => onKeyDown(event, list, openMenu));
  return {
    /**
     * The focus of a message.
     *
     * @param {string} id
     * @returns {RowFocus}
     */
    of(id) {
      if (id === state.active) return 'active';
      return id === state.hovered ? 'hovered' : null;
    },
    /**
     * Activates the newest message, unless the user is elsewhere in the list.
     *
     * @param {{ id: string }[]} messages
     */
    follow(messages) {
      const isThere = messages.some(({ id }) => id === state.active);
      if (!isThere || !list.contains(document.activeElement)) set({ active: messages.at(-1)?.id ?? null });
    },
  };
}

/** @param {EventTarget | null} target */
const rowOf = (target) => (target instanceof Element ? target.closest(ROWS) : null);

/** @param {EventTarget | null} target */
const keyOf = (target) => rowOf(target)?.getAttribute('data-key') ?? null;

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} list
 * @param {(row: HTMLElement) => void} openMenu
 */
function onKeyDown(event, list, openMenu) {
  const row = rowOf(event.target);
  if (!(row instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (event.key === 'Enter' && event.target === row) {
    event.preventDefault();
    return openMenu(row);
  }
  const next = neighbour(list, row, event.key);
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 * @param {string} key
 */
function neighbour(list, row, key) {
  const rows = [...list.querySelectorAll(ROWS)];
  const index = rows.indexOf(row);
  return { ArrowDown: rows[index + 1], ArrowUp: rows[index - 1], Home: rows[0], End: rows.at(-1) }[key];
}
