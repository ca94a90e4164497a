import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { DeliveryError, deliveryErrorOf } from './delivery-error.js';
import { ProducerError } from './error.js';
import { failed, unknown, type DeadLettered } from './outcome.js';

const details = {
  kafka: { code: 10, name: 'MESSAGE_TOO_LARGE' },
  retriable: true,
  retryAfter: 5,
  cause: new Error('the client'),
  stage: 'retry',
};
const error = new ProducerError('RECORD_TOO_LARGE', 'too large', details);

describe('DeliveryError', () => {
  it("carries every field of the outcome's error, and the outcome", () => {
    const outcome = failed(error);
    const rejection = deliveryErrorOf(outcome);
    expect(rejection).toMatchObject({
      ...details,
      code: 'RECORD_TOO_LARGE',
      message: 'too large',
      maybeWritten: false,
    });
    expect(rejection.outcome).toEqual(outcome);
    expect(rejection.stack).toBe(error.stack);
    expect(JSON.parse(JSON.stringify(rejection))).toEqual({ ...error.toJSON(), name: 'DeliveryError' });
  });

  it('sets maybeWritten when the outcome is unknown', () => {
    expect(deliveryErrorOf(unknown(error)).maybeWritten).toBe(true);
  });

  it('is shared by the records of a batch with the same error, but not across kinds of outcome', () => {
    const lost = new ProducerError('CONNECTION_LOST', 'lost');
    expect(deliveryErrorOf(failed(lost))).toBe(deliveryErrorOf(failed(lost)));
    expect(deliveryErrorOf(unknown(lost)).outcome.status).toBe('unknown');
    expect(deliveryErrorOf(failed(lost)).outcome.status).toBe('failed');
  });

  it('names the location of a dead-lettered record, with the reason as its cause', () => {
    const outcome: DeadLettered = { status: 'dead-lettered', to: 'topic orders.dead', error };
    const rejection = deliveryErrorOf(outcome);
    expect(rejection).toMatchObject({ code: 'DEAD_LETTERED', cause: error, outcome });
    expect(rejection.message).toContain('topic orders.dead');
  });

  it('prints the underlying error once', async () => {
    const { inspect } = await import('node:util');
    const plain = deliveryErrorOf(failed(new ProducerError('CLOSED', 'only once')));
    expect(inspect(plain).split('only once')).toHaveLength(2);
  });
});

describe('instanceof', () => {
  const problems = ["'use' must be an array"];
  const configuration = new ConfigurationError('INVALID_OPTIONS', 'wrong', { problems });
  const delivery = deliveryErrorOf(failed(error));

  it('narrows: each is a ProducerError, and neither is the other', () => {
    for (const one of [configuration, delivery, error]) expect(one instanceof ProducerError).toBe(true);
    expect(configuration instanceof ConfigurationError && configuration.problems).toEqual(problems);
    expect(configuration instanceof DeliveryError || error instanceof DeliveryError).toBe(false);
    expect(delivery instanceof ConfigurationError || error instanceof ConfigurationError).toBe(false);
    expect(DeliveryError.is(delivery) && ConfigurationError.is(configuration)).toBe(true);
  });

  it('recognizes the errors of a second copy of the package', () => {
    class Other extends Error {}
    for (const name of ['ProducerError', 'DeliveryError']) {
      Object.defineProperty(Other.prototype, Symbol.for(`@holdfast/core/${name}`), { value: true });
    }
    const other: unknown = new Other();
    expect(other instanceof ProducerError && other instanceof DeliveryError).toBe(true);
    expect(other instanceof ConfigurationError).toBe(false);
  });

  it('checks a derived class by that class itself', () => {
    class Mine extends ProducerError {}
    expect(new Mine('CLOSED', 'x') instanceof Mine).toBe(true);
    expect(error instanceof Mine).toBe(false);
    expect(new Mine('CLOSED', 'x') instanceof ProducerError).toBe(true);
  });

  it('never throws, whatever the value', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const value of [null, undefined, 'CLOSED', 5, proxy]) {
      expect(
        [ProducerError, ConfigurationError, DeliveryError].some((type) =>
          Object(value) !== value ? false : value instanceof type,
        ),
      ).toBe(false);
      expect(ProducerError.is(value)).toBe(false);
    }
  });
});
