// What the user has written but not sent, by kind. It is kept for this user and tab, also when the session
// ends: another login goes on with it. Nothing of it is shown to another user.

const storageKey = (kind, userId) => `courtside.${kind}.${userId}`;

/** What is kept of this kind, or `empty`. */
export function readWritten(kind, userId, empty) {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey(kind, userId))) ?? empty;
  } catch {
    return empty;
  }
}

/** Keeps a value; null removes it. */
export function keepWritten(kind, userId, value) {
  try {
    if (value === null) sessionStorage.removeItem(storageKey(kind, userId));
    else sessionStorage.setItem(storageKey(kind, userId), JSON.stringify(value));
  } catch {
    // Storage may be blocked; a reload then loses what was written.
  }
}
