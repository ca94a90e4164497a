import type { Middleware } from '@holdfast/core';
import type { Send } from '@holdfast/core/stage';

/** Gives the bench access above the outermost layer. */
export class Entry implements Middleware {
  readonly name = 'entry';
  next: Send = () => {
    throw new Error('the chain is not bound yet');
  };

  bind(next: Send): { send: Send } {
    this.next = next;
    return { send: next };
  }
}
