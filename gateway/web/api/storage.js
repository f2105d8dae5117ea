// @ts-check
// Settings of this browser in local storage. Tokens are never stored: the access token lives in
// memory, the refresh token in a cookie that scripts cannot read.

/**
 * The stored value, or null.
 * @param {string} name
 */
export function readSetting(name) {
  try {
    return localStorage.getItem(`courtside.${name}`);
  } catch {
    return null;
  }
}

/**
 * Stores a value; null removes it.
 * @param {string} name
 * @param {string | null} value
 */
export function writeSetting(name, value) {
  try {
    if (value === null) localStorage.removeItem(`courtside.${name}`);
    else localStorage.setItem(`courtside.${name}`, value);
  } catch {
    // Storage may be blocked; the setting then lasts as long as the page.
  }
}
