import { describe, expect, it } from 'vitest';
import { acknowledged, onceUnknown, rejected, unheard } from '../verdict/ledger.js';
import { Book } from './book.js';

describe('the book', () => {
  it('keeps the result of each record', () => {
    const book = new Book();
    const [first, second, third] = [book.next(), book.next(), book.next()];
    book.wasUnknown(first);
    book.acknowledge(first);
    book.reject(second, Object.assign(new Error('late'), { code: 'DELIVERY_TIMEOUT' }));
    expect(book.noted()).toEqual({ sent: 3, acknowledged: 1, rejected: 1 });
    expect(book.unanswered).toBe(1);
    expect(third).toBe(2);
    expect([...book.ledger().flags]).toEqual([acknowledged | onceUnknown, rejected, 0]);
  });

  it('expects no answer where no caller waits', () => {
    const book = new Book({ answers: false });
    book.next();
    book.reject(book.next(), new Error('refused'));
    expect(book.unanswered).toBe(0);
    expect(book.counted()).toEqual({ sent: 2, unanswered: undefined });
    expect([...book.ledger().flags]).toEqual([unheard, unheard | rejected]);
  });

  it('counts errors by code, or by name without one', () => {
    const book = new Book();
    book.reject(book.next(), new TypeError('no'));
    book.reject(book.next(), new TypeError('no'));
    book.reject(book.next(), Object.assign(new Error(), { code: 'BUFFER_FULL' }));
    book.reject(book.next(), Object.assign(new RangeError(), { code: -185 }));
    book.reject(book.next(), 'text');
    expect(book.ledger().errors).toEqual({ TypeError: 2, BUFFER_FULL: 1, RangeError: 1, string: 1 });
  });

  it('grows', () => {
    const book = new Book();
    const count = 200_000;
    for (let n = 0; n < count; n++) book.acknowledge(book.next());
    const { flags } = book.ledger();
    expect(flags).toHaveLength(count);
    expect(flags.every((flag) => flag === acknowledged)).toBe(true);
  });

  it('keeps a few of the uncaught errors', () => {
    const book = new Book();
    for (let i = 0; i < 50; i++) book.nobodyCaught(new Error(`number ${i}`));
    expect(book.ledger().uncaught).toHaveLength(10);
    expect(book.ledger().uncaught[0]).toBe('Error: number 0');
  });
});
