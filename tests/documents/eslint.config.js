// The rules of the web client's modules and of their tests. Types are checked by tsc.
import js from '@eslint/js';
import globals from 'globals';
import typescript from 'typescript-eslint';

/** Text is always text: nothing parses what people wrote as HTML. */
const MARKUP = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment'];

export default [
  js.configs.recommended,
  { ignores: ['**/vendor/', '**/*.d.ts', '**/node_modules/'] },
  {
    rules: {
      'array-callback-return': 'error',
      complexity: ['error', 15],
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-param-reassign': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-useless-return': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['gateway/web/**/*.js'],
    plugins: { '@typescript-eslint': typescript.plugin },
    languageOptions: {
      globals: globals.browser,
      parser: typescript.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: new URL('../..', import.meta.url).pathname },
    },
    rules: {
      '@typescript-eslint/unbound-method': 'error',
      'no-alert': 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'document', property: 'write' },
        ...MARKUP.map((property) => ({ property })),
      ],
    },
  },
  {
    files: ['tests/**/*.js'],
    languageOptions: { globals: globals.node },
    rules: { 'max-lines-per-function': 'off' },
  },
];
