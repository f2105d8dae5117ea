// @ts-check
// What the user has written but not sent, by kind. It is kept for this user and tab, also when the session
// ends: another login goes on with it. Nothing of it is shown to another user.

export class WrittenStore {
  #storage;

  /** @param {() => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} [storage] Throws where storage is blocked. */
  constructor(storage = () => sessionStorage) {
    this.#storage = storage;
  }

  /**
   * What is kept of this kind, or `empty`.
   * @template T
   * @param {string} kind
   * @param {string} userId
   * @param {T} empty
   * @returns {T}
   */
  read(kind, userId, empty) {
    try {
      return JSON.parse(this.#storage().getItem(storageKey(kind, userId)) ?? 'null') ?? empty;
    } catch {
      return empty;
    }
  }

  /**
   * Keeps a value; null removes it.
   * @param {string} kind
   * @param {string} userId
   * @param {unknown} value
   */
  keep(kind, userId, value) {
    try {
      if (value === null) this.#storage().removeItem(storageKey(kind, userId));
      else this.#storage().setItem(storageKey(kind, userId), JSON.stringify(value));
    } catch {
      // Storage may be blocked; a reload then loses what was written.
    }
  }
}

/**
 * @param {string} kind
 * @param {string} userId
 */
const storageKey = (kind, userId) => `courtside.${kind}.${userId}`;
