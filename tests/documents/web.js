// Checks the modules of the web client: syntax, imports, names, unused code and unused exports.
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(process.argv[2]);
const files = readdirSync(root, { recursive: true })
  .filter((name) => name.endsWith('.js') && !name.startsWith('vendor'))
  .map((name) => join(root, name));
/** The tests use modules as well. */
const tests = readdirSync('../web', { recursive: true })
  .filter((name) => name.endsWith('.js'))
  .map((name) => resolve('../web', name));
const options = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  paths: { lit: [resolve('node_modules/lit/index.d.ts')], 'lit/*': [resolve('node_modules/lit/*')] },
};
const service = ts.createLanguageService({
  getScriptFileNames: () => [...files, ...tests],
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) =>
    ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name)) : undefined,
  getCurrentDirectory: () => root,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
});
const program = service.getProgram();

/** Unknown names, modules and exports, and unused code; types are not annotated, so not checked. */
const CODES = [2304, 2305, 2306, 2307, 2552, 2613, 2614, 2724, 6133, 6192, 6196, 6198, 6199];
/** A property that a module, imported as a namespace, does not export. */
const isMissingExport = ({ code, messageText }) =>
  [2339, 2551].includes(code) && ts.flattenDiagnosticMessageText(messageText, ' ').includes("'typeof import(");

function problemsOf(name) {
  const found = service.getSemanticDiagnostics(name).filter((one) => CODES.includes(one.code) || isMissingExport(one));
  return [...service.getSyntacticDiagnostics(name), ...found].map(
    ({ start, messageText }) => `${place(name, start)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  );
}

/** Exports, other than types, that no other module uses. The router imports the default export of each view by its path. */
function unusedExportsOf(name) {
  const source = program.getSourceFile(name);
  const module = program.getTypeChecker().getSymbolAtLocation(source);
  const declarations = module
    ? program
        .getTypeChecker()
        .getExportsOfModule(module)
        .filter((one) => one.name !== 'default')
    : [];
  return declarations
    .flatMap((one) => one.valueDeclaration?.name.getStart(source) ?? [])
    .filter(
      (start) =>
        !service
          .findReferences(name, start)
          .flatMap((one) => one.references)
          .some((one) => one.fileName !== name),
    )
    .map((start) => `${place(name, start)}: exported but not used elsewhere`);
}

function place(name, start) {
  const { line, character } = program.getSourceFile(name).getLineAndCharacterOfPosition(start);
  return `${relative(process.cwd(), name)}:${line + 1}:${character + 1}`;
}

function unreachableModules() {
  const reachable = new Set(
    files.flatMap((name) =>
      [...program.getSourceFile(name).text.matchAll(/(?:from|import\(|view:) ?['"(]*(\.{1,2}\/[^'"]+)['"]/g)].map(
        ([, path]) => resolve(name, '..', path),
      ),
    ),
  );
  const entries = ['app.js', 'boot.js', 'initial-theme.js', 'service-worker.js'].map((name) => join(root, name));
  return files
    .filter((name) => !reachable.has(name) && !entries.includes(name))
    .map((name) => `${relative(process.cwd(), name)}: loaded by no module`);
}

const problems = [...files.flatMap((name) => [...problemsOf(name), ...unusedExportsOf(name)]), ...unreachableModules()];
for (const problem of problems) console.error(problem);
if (problems.length > 0 || files.length === 0) process.exit(1);
console.log(`${relative(process.cwd(), root)}: ${files.length} modules`);
