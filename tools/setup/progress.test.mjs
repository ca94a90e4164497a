import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { print, Progress } from './progress.mjs';
import { fakeOut } from './setup.fixture.mjs';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const clear = '\r\x1b[K';

it('shares one moving line among the running steps on a terminal', () => {
  const { out, said } = fakeOut({ isTTY: true });
  const kafka = new Progress('Kafka', out);
  const binding = new Progress('binding', out);
  binding.note('CXX rdkafka.o');
  vi.advanceTimersByTime(130);
  expect(said()).toBe(`${clear}| Kafka 0.1 s, binding 0.1 s  CXX rdkafka.o`);
  kafka.end('✓ Kafka: there');
  expect(said()).toBe(`${clear}✓ Kafka: there (0.1 s)\n`);
  vi.advanceTimersByTime(130);
  expect(said()).toBe(`${clear}| binding 0.2 s  CXX rdkafka.o`);
  print(out, 'a line\n');
  expect(said()).toBe(`${clear}a line\n`);
  binding.end('✓ binding: compiled');
  said();
  vi.advanceTimersByTime(1_000);
  print(out, 'the last\n');
  expect(said()).toBe('the last\n');
});

it('keeps the moving line on one line', () => {
  const { out, said } = fakeOut({ isTTY: true, columns: 20 });
  new Progress('a step with a long name', out);
  vi.advanceTimersByTime(130);
  expect(said()).toBe(`${clear}| a step with a lon`);
});

it("reports each step's start, progress and end without a terminal", () => {
  const { out, said } = fakeOut();
  const kafka = new Progress('Kafka', out);
  const binding = new Progress('binding', out);
  binding.say('compiling it');
  vi.advanceTimersByTime(30_000);
  kafka.end('✓ Kafka: there');
  binding.end('✗ binding: no compiler');
  expect(said().split('\n')).toEqual([
    '  Kafka ...',
    '  binding ...',
    '  binding: compiling it',
    '  Kafka: still at work after 30 s',
    '  binding: still at work after 30 s',
    '✓ Kafka: there (30 s)',
    '✗ binding: no compiler (30 s)',
    '',
  ]);
});
