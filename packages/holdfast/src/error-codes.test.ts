import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorCodes } from '@holdfast/core';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(packages + path, 'utf8');

/** What is published, but for the list of codes itself and that of the broker's own. */
const sources = readdirSync(packages)
  .flatMap((name) =>
    readdirSync(`${packages}${name}/src`, { recursive: true, encoding: 'utf8' }).map(
      (file) => `${name}/src/${file}`,
    ),
  )
  .filter((path) => path.endsWith('.ts') && !/\.(test|test-d|fixture)\.ts$/.test(path))
  .filter((path) => !/core\/src\/(contract\/error|adapter-kit\/protocol-errors)\.ts$/.test(path))
  .map(read)
  .join('\n');
const found = (pattern: RegExp, text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(pattern)].map(([, code = '']) => code));

/** By name, where an error is made. */
const thrown = found(/new ProducerError\(\s*'([A-Z_]+)'/g, sources);
/** Whatever way they come by. */
const mentioned = found(/'([A-Z_]{6,})'/g, sources);
const rows = read('core/README.md')
  .split('\n')
  .flatMap((line) => /^\| (`[A-Z_]{6,}`(?:, `[A-Z_]{6,}`)*) +\|/.exec(line)?.[1] ?? []);
const documented = found(/`([A-Z_]+)`/g, rows.join(' '));

describe("the table of error codes in core's README", () => {
  it('was found, and so were the errors', () => {
    expect(documented.size).toBeGreaterThan(30);
    expect(thrown.size).toBeGreaterThan(20);
  });

  it.each([...new Set([...thrown, ...errorCodes])].sort())('has %s', (code) => {
    expect(documented).toContain(code);
  });

  it.each([...documented].sort())('is right that there is %s', (code) => {
    expect(mentioned).toContain(code);
  });

  it('is whole: a code of core is one that is in use', () => {
    expect(errorCodes.filter((code) => !mentioned.has(code))).toEqual([]);
  });
});

it("the refusals of the dead-letter queue's sinks are in its README", () => {
  const refusals = found(/refusal = '([A-Z_]+)'|'(?:CALLBACK_[A-Z]+)'/g, sources);
  const page = read('dead-letter-queue/README.md');
  expect([...refusals].filter((one) => one !== '' && !page.includes(`\`${one}\``))).toEqual([]);
});
