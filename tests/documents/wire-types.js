// Writes the types of what the web client exchanges with the server from the two documents, or checks that they are
// what the documents give.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { format } from 'prettier';

const HEADER = `// Generated from openapi.json and asyncapi.json by tests/documents/wire-types.js: npm run wire-types -- --write.
/* eslint-disable */

`;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const BASE = '/api/v1';

/** What makes no difference to a type. */
const isNoise = (key, value) =>
  ['example', 'examples', 'discriminator'].includes(key) || (key === 'format' && typeof value === 'string');
const read = (name) =>
  JSON.parse(readFileSync(`../../openapi/${name}`, 'utf8'), (key, value) => (isNoise(key, value) ? undefined : value));
const [http, sockets] = [read('openapi.json'), read('asyncapi.json')];

const object = (properties, required = Object.keys(properties)) => ({ type: 'object', properties, required });
const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, one]) => [key, change(one)]));

/** The schemas of both documents: those of one name must be alike. */
function mergeSchemas(first, second) {
  for (const name of Object.keys(second).filter((one) => one in first)) {
    if (shapeOf(first[name]) !== shapeOf(second[name])) throw new Error(`${name} differs between the documents`);
  }
  return { ...second, ...first };
}

/** A schema without what makes no difference to its type. */
function shapeOf(schema) {
  const ignored = ['description', 'additionalProperties'];
  return JSON.stringify(schema, (key, value) => {
    if (ignored.includes(key)) return undefined;
    return value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
}

/** What each route takes and returns, by method and path. */
function routes() {
  const list = Object.entries(http.paths).flatMap(([path, operations]) =>
    METHODS.filter((method) => method in operations).map((method) => [
      `${method.toUpperCase()} ${path.startsWith(`${BASE}/`) ? path.slice(BASE.length) : path}`,
      route(operations[method]),
    ]),
  );
  return object(Object.fromEntries(list));
}

function route({ summary, requestBody, responses }) {
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'));
  const body = requestBody?.content['application/json']?.schema;
  const response = success?.[1].content?.['application/json']?.schema ?? { type: 'null' };
  return { description: summary, ...object(body ? { body, response } : { response }) };
}

/** The data of each message of each socket, by channel and name. */
const messagesFrom = (sender) =>
  object(
    mapValues(sockets.channels, ({ messages }) => {
      const sent = Object.entries(messages).filter(([key]) => key.startsWith(`${sender}.`));
      return object(Object.fromEntries(sent.map(([, message]) => [message.name, dataOf(message)])));
    }),
  );

const dataOf = ({ summary, payload }) => {
  const { data } = payload.properties;
  return data.$ref ? { allOf: [data], description: summary } : { ...data, description: summary };
};

const ast = await openapiTS(
  {
    openapi: '3.1.0',
    info: { title: 'Courtside', version: '1' },
    paths: {},
    components: {
      schemas: {
        ...mergeSchemas(http.components.schemas, sockets.components.schemas),
        Routes: routes(),
        SocketActions: messagesFrom('client'),
        SocketEvents: messagesFrom('server'),
      },
    },
  },
  { defaultNonNullable: false, rootTypes: true, rootTypesNoSchemaPrefix: true, rootTypesKeepCasing: true },
);
const types = await format(HEADER + astToString(ast), { parser: 'typescript', printWidth: 120, singleQuote: true });

const path = resolve(process.argv[2]);
if (process.argv.includes('--write')) writeFileSync(path, types);
const name = relative(process.cwd(), path);
if (readFileSync(path, 'utf8') !== types) throw new Error(`${name} is out of date: npm run wire-types -- --write`);
console.log(`${name}: ${types.length} bytes`);
