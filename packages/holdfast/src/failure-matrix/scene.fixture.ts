import { circuitBreaker, type CircuitBreaker } from '@holdfast/circuit-breaker';
import {
  createProducer,
  type Bytes,
  type Producer,
  type ProducerOptions,
  type ProducerRecord,
} from '@holdfast/core';
import {
  fakeClock,
  scriptedAdapter,
  seededRandom,
  simulatedDisk,
  recordingLogger,
  type FakeClock,
  type ScriptedAdapter,
  type SimulatedDisk,
} from '@holdfast/testing';
import type { RecommendedOptions } from '../options.js';
import { recommended } from '../recommended.js';
import type { Way } from './ways.fixture.js';

export const outbox = '/outbox';

const text = 'the record';
export const record: ProducerRecord = { topic: 'orders', key: 'k1', value: text };

export type SceneOptions = Omit<ProducerOptions<Bytes, Bytes>, 'adapter' | 'use' | 'env'>;

/** A process with one producer, over a scripted adapter, with a disk of its own. */
export class Scene {
  readonly clock: FakeClock = fakeClock();
  readonly adapter: ScriptedAdapter = scriptedAdapter({ clock: this.clock });
  private readonly adapterOfNextStart = scriptedAdapter({ clock: this.clock });
  private disk: SimulatedDisk = simulatedDisk({ clock: this.clock });
  private producer: Producer | undefined;
  readonly breaker: CircuitBreaker = circuitBreaker();
  private look: (() => string) | undefined;
  private sawItWait = false;
  private gone = false;

  constructor(
    readonly way: Way,
    readonly chain: RecommendedOptions,
  ) {}

  get running(): Producer {
    if (this.producer === undefined) throw new Error('open the scene first');
    return this.producer;
  }

  async open(options: SceneOptions = {}, more: RecommendedOptions = {}): Promise<void> {
    this.producer = await this.clock.until(this.start(this.adapter, options, more));
  }

  send(): void {
    this.look = this.way.send(this.running, record);
  }

  /** Notes whether the caller is waiting at this moment. */
  glance(): void {
    this.sawItWait ||= this.look?.() === 'waits';
  }

  /**
   * Ends the process. Requests in its client get no response, and what it had written is on the
   * disk.
   */
  exit(): void {
    this.gone = true;
    this.disk = this.disk.kill();
  }

  /** Returns what the caller has seen, in the terms of the page. */
  get seen(): string {
    const seen = this.look?.() ?? 'nothing';
    if (seen === 'waits') return this.gone ? 'nothing: the process is gone' : 'waits';
    return this.sawItWait ? `waits, then ${seen}` : seen;
  }

  /**
   * Returns where the record is in the end, when this process has ended and another has started on
   * the same disk.
   */
  async whereabouts(): Promise<string> {
    if (!this.gone) await this.clock.until(this.running.close().catch(() => undefined));
    const next = await this.clock.until(this.start(this.adapterOfNextStart, {}, {}));
    await this.clock.until(next.flush());
    await this.clock.until(next.close());
    const places = [times(copiesIn(this.adapter))];
    if (this.deadLetters() > 0) places.push('dead-letter file');
    if (copiesIn(this.adapterOfNextStart) > 0) places.push('sent by the next start');
    return places.filter((place) => place !== '').join(', ') || 'nowhere';
  }

  private start(client: ScriptedAdapter, options: SceneOptions, more: RecommendedOptions): Promise<Producer> {
    return createProducer({
      adapter: client,
      use: recommended({ circuitBreaker: this.breaker, ...this.chain, ...more }),
      env: { clock: this.clock, disk: this.disk, random: seededRandom(1), logger: recordingLogger() },
      ...options,
    });
  }

  private deadLetters(): number {
    const inDirectory = (path: string): boolean => path.startsWith(`${outbox}.dead-letters/`);
    return this.disk
      .files()
      .filter((path) => inDirectory(path) && Buffer.from(this.disk.readFile(path)).includes(text)).length;
  }
}

const copiesIn = ({ log }: ScriptedAdapter): number =>
  log.values(record.topic).filter((value) => value === text).length;

const times = (copies: number): string =>
  copies === 0 ? '' : copies === 1 ? 'in the topic' : `in the topic ${copies}×`;
