import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorCodes } from '@holdfast/core';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(packages + path, 'utf8');

/** All published sources except the list of codes and the list of broker errors. */
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

/** Codes that are passed to the constructor of an error. */
const thrown = found(/new ProducerError\(\s*'([A-Z_]+)'/g, sources);
/** Codes that occur anywhere in the sources. */
const mentioned = found(/'([A-Z_]{6,})'/g, sources);
const rows = read('core/README.md')
  .split('\n')
  .flatMap((line) => /^\| (`[A-Z_]{6,}`(?:, `[A-Z_]{6,}`)*) +\|/.exec(line)?.[1] ?? []);
const documented = found(/`([A-Z_]+)`/g, rows.join(' '));

describe("the table of error codes in core's README", () => {
  it('was found, as were the errors', () => {
    expect(documented.size).toBeGreaterThan(30);
    expect(thrown.size).toBeGreaterThan(20);
  });

  it.each([...new Set([...thrown, ...errorCodes])].sort())('has %s', (code) => {
    expect(documented).toContain(code);
  });

  it.each([...documented].sort())('is right that there is %s', (code) => {
    expect(mentioned).toContain(code);
  });

  it('has no unused code of core', () => {
    expect(errorCodes.filter((code) => !mentioned.has(code))).toEqual([]);
  });
});

it('the README of the dead-letter queue has all refusals of its sinks', () => {
  const refusals = found(/refusal = '([A-Z_]+)'|'(?:CALLBACK_[A-Z]+)'/g, sources);
  const page = read('dead-letter-queue/README.md');
  expect([...refusals].filter((one) => one !== '' && !page.includes(`\`${one}\``))).toEqual([]);
});
