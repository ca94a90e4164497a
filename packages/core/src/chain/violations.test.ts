import { EventHub } from './event-hub.js';
import { recordingLogger } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { violationReporter } from './violations.js';

it('makes an event of each, and a log line of each kind', () => {
  const logger = recordingLogger();
  const hub = new EventHub(logger);
  const seen: unknown[] = [];
  hub.on('violation', (violation) => seen.push(violation));
  const report = violationReporter(hub, logger);
  const error = new RangeError('a payload');
  report('a', 'settled twice');
  report('a', 'settled twice');
  report('b', 'threw', error);
  expect(seen).toEqual([
    { stage: 'a', message: 'settled twice' },
    { stage: 'a', message: 'settled twice' },
    { stage: 'b', message: 'threw', error },
  ]);
  expect(logger.text()).toBe(
    'error the stage \'a\' settled twice \nerror the stage \'b\' threw {"error":"RangeError"}',
  );
});
