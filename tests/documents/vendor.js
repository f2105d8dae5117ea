// Builds the vendored library of the web client from its npm package, or checks that it is what the package gives.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const folder = resolve(process.argv[2]);
const { version } = JSON.parse(readFileSync('node_modules/lit/package.json', 'utf8'));
const EXPORTS = `
export { html, LitElement, nothing, render, svg } from 'lit';
export { ifDefined } from 'lit/directives/if-defined.js';
export { live } from 'lit/directives/live.js';
export { createRef, ref } from 'lit/directives/ref.js';
export { repeat } from 'lit/directives/repeat.js';
`;

const TYPES = `// The types of lit ${version}. Written by tests/documents/vendor.js.${EXPORTS}`;

const { outputFiles } = await build({
  stdin: { contents: EXPORTS, resolveDir: '.' },
  banner: { js: `// lit ${version}, BSD-3-Clause, see lit.LICENSE. Built by tests/documents/vendor.js.` },
  bundle: true,
  format: 'esm',
  legalComments: 'none',
  minify: true,
  target: 'es2022',
  write: false,
});
const library = Buffer.from(outputFiles[0].contents);
const files = {
  'lit.js': library,
  'lit.d.ts': Buffer.from(TYPES),
  'lit.LICENSE': readFileSync('node_modules/lit/LICENSE'),
  'lit.js.sha256': Buffer.from(`${createHash('sha256').update(library).digest('hex')}  lit.js\n`),
};

if (process.argv.includes('--write')) {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}
for (const [name, bytes] of Object.entries(files)) {
  if (!readFileSync(join(folder, name)).equals(bytes))
    throw new Error(`${name} is not what lit ${version} gives: npm run vendor -- --write`);
}
console.log(`${folder}: lit ${version}, ${library.length} bytes`);
