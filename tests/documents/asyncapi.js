// Reads the document of the sockets as other programs would, and fails at any error.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const [path] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(readFileSync(path, 'utf8'), { source: path });
const errors = diagnostics.filter(({ severity }) => severity === 0);
for (const { message, path: place } of errors) console.error(`${place.join('.')}: ${message}`);
if (!document || errors.length > 0) process.exit(1);
console.log(`${path}: ${document.channels().length} channels, ${document.messages().length} messages`);
