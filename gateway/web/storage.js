// The few things that this browser remembers by itself. Never a token: those live in memory and in
// a cookie that scripts cannot read.

/** What was kept under this name, or null. */
export function kept(name) {
  try {
    return localStorage.getItem(`courtside.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a text under this name; null forgets it. */
export function keep(name, text) {
  try {
    if (text === null) localStorage.removeItem(`courtside.${name}`);
    else localStorage.setItem(`courtside.${name}`, text);
  } catch {
    // Storage may be forbidden; then nothing is remembered.
  }
}
