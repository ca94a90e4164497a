export const clientName = '@confluentinc/kafka-javascript';

const rebuild = `npm rebuild ${clientName} --ignore-scripts=false`;

type Remedy = (...found: string[]) => string;

// By the texts of Node.js, of the package `bindings` and of the loaders of glibc, musl, macOS and
// Windows: they say more than a code.
const remedies: readonly (readonly [text: RegExp, remedy: Remedy])[] = [
  [
    /Cannot find (?:module|package) '@confluentinc\/kafka-javascript'/,
    () => `is not installed: npm install ${clientName}`,
  ],
  [
    /Cannot find (?:module|package) '([^']+)'/,
    (name) => `is installed, but '${name}', which it needs, is not: delete node_modules and install again`,
  ],
  [
    /Could not locate the bindings file/,
    () =>
      `is installed, but its native binding was never built, as install scripts are off or failed: ${rebuild} ` +
      '(pnpm: pnpm approve-builds; yarn: enableScripts)',
  ],
  [
    /NODE_MODULE_VERSION (\d+)[^]*NODE_MODULE_VERSION (\d+)/,
    (theirs, ours) =>
      `has a native binding for another Node.js (module version ${theirs}, this one has ${ours}): ${rebuild}`,
  ],
  [
    /did not self-register/,
    () => `has a native binding that this Node.js does not take, or has loaded before: ${rebuild}`,
  ],
  [
    /version [`'"]?([\w.]+)['"]? not found/,
    (name) => `has a native binding for a newer system (it wants ${name}): build it on this one, ${rebuild}`,
  ],
  [
    /(?:invalid ELF header|wrong ELF class|incompatible architecture|not a valid Win32|file too short|not a mach-o)/i,
    () =>
      `has a native binding for another system or processor, as when node_modules was copied from there: ${rebuild}`,
  ],
  [
    /([^\s:]+): cannot open shared object file|Error loading shared library ([^\s:]+)|Library not loaded: (\S+)/,
    (...names) =>
      `has a native binding that needs the shared library ${names.find((name) => name)}, which is not on this system: ` +
      'install the package of the system that has it',
  ],
  [
    /The specified module could not be found/,
    () =>
      `has a native binding that needs a library that is not on this system, or was not built: ${rebuild}`,
  ],
];

/** Returns why the client could not be loaded, and what to do about it. */
export function loadProblem(cause: unknown): string {
  const message = messageOf(cause);
  for (const [text, remedy] of remedies) {
    const found = text.exec(message);
    if (found !== null) return `${clientName} ${remedy(...found.slice(1))}`;
  }
  return `${clientName} is installed and does not load: ${message.split('\n', 1).join('').slice(0, 300)}`;
}

// Not `instanceof Error`: a test runner loads the client in a realm of its own.
function messageOf(cause: unknown): string {
  const message: unknown =
    typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'message') : cause;
  return typeof message === 'string' ? message : 'no reason given';
}
