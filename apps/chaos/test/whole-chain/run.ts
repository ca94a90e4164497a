import type { Outcome } from '@holdfast/core';
import {
  fakeClock,
  HistoryChecker,
  recordingLogger,
  seededRandom,
  simulatedDisk,
  type SimulatedDisk,
  type Violation,
} from '@holdfast/testing';
import type { SimulatedClient } from './client.js';
import { SimulatedCluster } from './cluster.js';
import { judge, type Evidence } from './judge.js';
import { Brokers, KafkajsClient } from './kafkajs.js';
import { Librdkafka } from './librdkafka.js';
import { Life } from './life.js';
import { idOf } from './memory.js';
import { ProcessClock } from './process-clock.js';
import { Records } from './records.js';
import { lateTopic, partitions, topics, type Action } from './schedule.js';
import { chainOf, type Setup } from './setup.js';
import { weathers } from './weather.js';

/** Longer than anything here waits: a deadline, an open circuit, a request. Virtual ms. */
const patienceMs = 1_800_000;
const stepMs = 1_000;

export interface Report {
  /** Broken promises. */
  readonly problems: readonly Violation[];
  /** What happened, and how often. */
  readonly happened: ReadonlyMap<string, number>;
  /** The outcome of each record and the content of each topic: the same for the same seed. */
  readonly trace: string;
}

/** Runs the actions, heals everything, and checks what was sent, reported and written. */
export async function runWholeChain(seed: number, setup: Setup, actions: readonly Action[]): Promise<Report> {
  const run = new Run(seed, setup);
  const unhandled = (reason: unknown): void =>
    run.history.note('I10', `unhandled rejection: ${String(reason)}`);
  process.on('unhandledRejection', unhandled);
  try {
    return await run.run(actions);
  } finally {
    process.off('unhandledRejection', unhandled);
  }
}

class Run implements Evidence {
  readonly cluster: SimulatedCluster;
  readonly history: HistoryChecker;
  readonly outcomes = new Map<string, Outcome>();
  readonly records: Records;
  disk: SimulatedDisk;
  private readonly time = fakeClock();
  private readonly random: () => number;
  private readonly brokers: Brokers;
  private readonly happened = new Map<string, number>();
  private lives = 0;
  private current:
    | { readonly life: Life; readonly clock: ProcessClock; readonly client: SimulatedClient }
    | undefined;

  constructor(
    seed: number,
    readonly setup: Setup,
  ) {
    this.random = seededRandom(seed ^ 0x0c1a05);
    this.cluster = new SimulatedCluster(this.time, this.random);
    for (const topic of topics) this.cluster.createTopic(topic, partitions);
    this.brokers = new Brokers(this.cluster);
    this.history = new HistoryChecker({ seed, idOf });
    this.records = new Records(this.history);
    this.disk = simulatedDisk({ seed, onDeath: 'hang', logLimit: 0 });
  }

  async run(actions: readonly Action[]): Promise<Report> {
    for (const action of actions) {
      // Brokers may be down before anything starts.
      if (action.do !== 'brokers' && this.current === undefined) await this.start();
      await this.act(action);
      this.current?.life.probe();
    }
    if (this.current === undefined) await this.start();
    await this.finish();
    const problems = await judge(this);
    this.note(
      'duplicates',
      [...this.cluster.found()].length - new Set([...this.cluster.found()].map(idOf)).size,
    );
    for (const { status } of this.outcomes.values()) this.note(status);
    return { problems, happened: this.happened, trace: this.trace() };
  }

  private get process(): NonNullable<Run['current']> {
    if (this.current === undefined) throw new Error('nothing has started');
    return this.current;
  }

  private async start(): Promise<void> {
    const number = ++this.lives;
    const { setup, history, random, disk, outcomes, records } = this;
    const clock = new ProcessClock(this.time);
    const client = this.newClient(clock);
    const life = new Life({
      clock,
      time: this.time,
      disk,
      logger: recordingLogger(),
      random,
      history,
      outcomes,
      records,
      client: client.adapter(),
      use: chainOf(setup),
      deliveryTimeoutMs: setup.deliveryTimeoutMs,
      wentDown: (id) => {
        if (records.wentDown(id, number)) this.note('recovered');
      },
      happened: (what) => this.note(what),
    });
    this.current = { life, clock, client };
    await life.start();
  }

  private newClient(clock: ProcessClock): SimulatedClient {
    const { client, idempotent, requestTimeoutMs } = this.setup;
    return client === 'confluent'
      ? new Librdkafka(this.cluster, clock, idempotent, requestTimeoutMs)
      : new KafkajsClient(this.cluster, this.brokers, clock, { idempotent, requestTimeoutMs });
  }

  private async act(action: Action): Promise<void> {
    const { time, cluster, records, lives } = this;
    switch (action.do) {
      case 'send':
        for (const plan of action.records) {
          records.send([plan], lives, (made) => {
            for (const record of made) this.process.life.caller.send(record, action.via);
          });
        }
        return;
      case 'sendBatch':
        return records.send(action.records, lives, (made) => this.process.life.caller.sendBatch(made));
      case 'advance':
        return this.move(() => time.advance(action.ms));
      case 'block':
        time.block(action.ms);
        return this.move(() => time.advance(0));
      case 'flush':
        // A timeout is a fair answer in an outage.
        this.process.life.producer.flush({ timeoutMs: action.timeoutMs }).catch(() => undefined);
        return this.move(() => time.runSoon());
      case 'brokers':
        for (const node of action.nodes) cluster.set(node, action.state);
        return;
      case 'weather':
        cluster.weather = weathers[action.name];
        return;
      case 'move':
        return cluster.move();
      case 'createTopic':
        return cluster.createTopic(lateTopic, partitions);
      case 'clientDies':
        return this.process.client.die();
      case 'restart':
        return this.restart(action.after, action.downMs);
    }
  }

  private async restart(after: 'close' | 'kill' | 'power loss', downMs: number): Promise<void> {
    const { life, clock, client } = this.process;
    this.note(after);
    if (after === 'close') {
      await life.close(Math.floor(this.random() * 5_000));
      this.disk = this.disk.kill({ keep: 'all' });
    } else {
      clock.alive = false;
      this.records.killed(life.open());
      this.disk = after === 'kill' ? this.disk.kill() : this.disk.crash();
    }
    this.endOf(client);
    for (const id of client.refusedBesideAnother) if (this.history.knows(id)) this.history.unordered(id);
    await this.move(() => this.time.advance(downMs));
    await this.start();
  }

  private endOf(client: SimulatedClient): void {
    client.end();
    if (client.unread > 0)
      this.history.note(
        'I4',
        `${client.unread} answers had come, and their requests were given up unread: they go twice`,
      );
  }

  /** An exception in a callback would end a real process. */
  private async move(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.history.note(
        'I10',
        `at ${this.time.now()} ms a callback threw into the event loop: ${String(error)}`,
      );
    }
  }

  private async finish(): Promise<void> {
    const { cluster, time, process } = this;
    cluster.heal();
    cluster.createTopic(lateTopic, partitions);
    for (let ms = 0; ms < patienceMs && process.life.left() > 0; ms += stepMs)
      await this.move(() => time.advance(stepMs));
    const left = process.life.left();
    if (left > 0) this.history.note('I6', `${left} records are left ${patienceMs} ms after all was well`);
    await process.life.close(30_000);
    this.endOf(process.client);
    this.history.found(cluster.found());
  }

  private trace(): string {
    const ends = [...this.outcomes].map(
      ([id, outcome]) => `${id} ${'error' in outcome ? outcome.error.code : outcome.status}`,
    );
    const found = [...this.cluster.found()].map((one) => `${one.topic}/${one.partition} ${idOf(one)}`);
    return [...ends, ...found, `${this.time.now()} ms`].join('\n');
  }

  private note(what: string, times = 1): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + times);
  }
}
