import { spoilings } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { recordBytes, SerializedRecord } from '../contract/record.js';
import { spoiltRecord } from './spoilt-record.js';

const record = (): SerializedRecord =>
  new SerializedRecord('t', Buffer.from('k'), Buffer.from('v'), { a: 'b', c: [Buffer.from('d')] }, 3, 1_000);

describe('spoiltRecord', () => {
  it.each(spoilings)('detects $title', ({ field, spoil }) => {
    const spoilt = record();
    spoil(spoilt);
    expect(spoiltRecord(spoilt)).toMatchObject({ code: 'INVALID_RECORD', field });
  });

  it('accepts the records that core passes down', () => {
    expect(spoiltRecord(record())).toBeUndefined();
    expect(spoiltRecord(new SerializedRecord('t', null, null, undefined, undefined, 0))).toBeUndefined();
  });

  it.each<[keyof SerializedRecord, unknown, string?]>([
    ['topic', ''],
    ['topic', undefined],
    ['key', undefined],
    ['key', 'text'],
    ['value', 'text'],
    ['partition', -3],
    ['partition', null],
    ['timestamp', undefined],
    ['timestamp', NaN],
    ['headers', [['a', 'b']]],
    ['headers', { a: null }, 'headers.a'],
    ['headers', { a: ['b', 5] }, 'headers.a'],
  ])('names %s: %s', (field, value, named = field) => {
    const spoilt = record();
    Reflect.set(spoilt, field, value);
    expect(spoiltRecord(spoilt)).toMatchObject({ code: 'INVALID_RECORD', field: named, retriable: false });
  });

  it('names headers that throw when read, and counts them as 0 bytes', () => {
    const spoilt = record();
    spoilt.headers = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => {
        throw new Error('from a getter');
      },
    });
    expect(spoiltRecord(spoilt)).toMatchObject({ code: 'INVALID_RECORD', field: 'headers' });
    expect(recordBytes(spoilt)).toBe(2);
  });
});
