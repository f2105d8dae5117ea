// @ts-check
// Saves files to the device.

/**
 * Downloads a blob under this file name.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  [link.href, link.download] = [url, name];
  link.click();
  // The download holds its own reference to the data by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
