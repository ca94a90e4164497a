import type { Attributes } from '@opentelemetry/api';
import type { Outcome } from '@holdfast/core';
import { other } from './destinations.js';

/** More error codes than Holdfast, its parts and a few of the user's own have; beyond that they are one. */
const mostCodes = 100;

/** The attributes of each series of one destination, made once: a batch makes no object for them. */
export class Series {
  private readonly byCode = new Map<string, Attributes>();

  constructor(private readonly common: Attributes) {}

  /** `undefined`: without an error. */
  of(code: string | undefined): Attributes {
    if (code === undefined) return this.common;
    const found = this.byCode.get(code);
    if (found !== undefined) return found;
    if (code !== other && this.byCode.size >= mostCodes) return this.of(other);
    const made = { ...this.common, 'error.type': code };
    this.byCode.set(code, made);
    return made;
  }
}

export const codeOf = (outcome: Outcome | undefined): string | undefined =>
  outcome !== undefined && 'error' in outcome ? outcome.error.code : undefined;
