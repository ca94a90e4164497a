import { describe, expect, it } from 'vitest';
import java from '../../vectors/kafka-errors.json' with { type: 'json' };
import { protocolError, protocolErrors } from './protocol-errors.js';

describe('protocolErrors', () => {
  it("has the codes and names of Java's client, but for NONE", () => {
    const ours = protocolErrors.map(({ code, name }) => ({ code, name }));
    expect(ours).toEqual(java.filter(({ code }) => code !== 0).map(({ code, name }) => ({ code, name })));
  });

  it("departs from Java's retriable for code 8 alone", () => {
    const departures = java.filter(
      ({ code, retriable }) => code !== 0 && protocolError(code).retriable !== retriable,
    );
    expect(departures.map(({ code }) => code)).toEqual([8]);
    expect(protocolError(8).retriable).toBe(true);
  });

  it('knows after which answers the record may be in the topic', () => {
    const maybe = protocolErrors.filter(({ maybeWritten }) => maybeWritten).map(({ code }) => code);
    expect(maybe).toEqual([-1, 6, 7, 13, 20, 46, 56]);
  });

  it('knows which answers refuse a batch that smaller ones may do instead of, none of them written', () => {
    const split = protocolErrors.filter((one) => one.splittable);
    expect(split.map(({ code }) => code)).toEqual([2, 10, 18, 32, 87]);
    expect(split.filter(({ maybeWritten }) => maybeWritten)).toEqual([]);
  });

  it('takes a code of a newer broker as final and not written', () => {
    expect(protocolError(999)).toEqual({
      code: 999,
      name: 'CODE_999',
      retriable: false,
      maybeWritten: false,
      splittable: false,
    });
  });
});
