import type { Attributes } from '@opentelemetry/api';
import type { Outcome } from '@holdfast/core';
import { other } from './destinations.js';

/**
 * More error codes than Holdfast, its middleware and a few of the user's own have. Beyond this
 * number, codes share one series.
 */
const maxCodes = 100;

/** The attributes of each series of one destination. They are created once, and not per batch. */
export class Series {
  private readonly byCode = new Map<string, Attributes>();

  constructor(private readonly common: Attributes) {}

  /** Returns the attributes for an error code; with `undefined`, those without an error. */
  of(code: string | undefined): Attributes {
    if (code === undefined) return this.common;
    const found = this.byCode.get(code);
    if (found !== undefined) return found;
    if (code !== other && this.byCode.size >= maxCodes) return this.of(other);
    const created = { ...this.common, 'error.type': code };
    this.byCode.set(code, created);
    return created;
  }
}

export const codeOf = (outcome: Outcome | undefined): string | undefined =>
  outcome !== undefined && 'error' in outcome ? outcome.error.code : undefined;
