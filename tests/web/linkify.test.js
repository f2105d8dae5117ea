// The links in what people write.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { splitLinks } from '../../gateway/web/elements/linkify.js';

const linksIn = (text) =>
  splitLinks(text)
    .filter(({ href }) => href)
    .map(({ href }) => href);

test('the parts make up the text', () => {
  const text = 'See https://example.org/a, or (http://example.org/b_(c)).\nBye';
  assert.equal(
    splitLinks(text)
      .map((part) => part.text)
      .join(''),
    text,
  );
  assert.deepEqual(splitLinks('no link'), [{ text: 'no link' }]);
  assert.deepEqual(splitLinks(''), []);
});

test('punctuation and brackets around a link are not part of it', () => {
  assert.deepEqual(linksIn('https://example.org/a.'), ['https://example.org/a']);
  assert.deepEqual(linksIn('(https://example.org/a)!'), ['https://example.org/a']);
  assert.deepEqual(linksIn('https://example.org/b_(c)'), ['https://example.org/b_(c)']);
  assert.deepEqual(linksIn('<https://example.org/d>'), ['https://example.org/d']);
  assert.deepEqual(linksIn('https://example.org/?q=1&r=2#s…'), ['https://example.org/?q=1&r=2#s']);
});

test('only addresses of the web are links', () => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org/',
    'https://',
    'https://:80/',
    'mailto:a@example.org',
  ]) {
    assert.deepEqual(linksIn(text), [], text);
  }
});

test('an address with a name and password, which looks like another host, is no link', () => {
  assert.deepEqual(linksIn('https://example.org@evil.example/ https://a:b@example.org/'), []);
});
