import { noLane, type Delivery } from '@holdfast/core/stage';
import { checkSeeds, seededRandom } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { delivered, directory, fails, Harness, mayBeWritten, text } from './harness.fixture.js';

const valueOf = (one: { readonly record: { readonly value: Uint8Array | null } }): string =>
  text(one.record.value) ?? '';

/** Sinks that refuse at random and finish in any order and in parts; a disk that fails at times. */
class World {
  readonly topic: string[] = [];
  readonly called: string[] = [];
  readonly harness: Harness;
  readonly sent: Delivery[] = [];
  private readonly random: () => number;
  private open: Delivery[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.harness = new Harness({
      topic: 'dlq',
      file: { directory, maxFileBytes: 4_096, maxBytes: 40_960 },
      callback: (letter) => {
        if (this.random() < 0.3) throw new Error('not this one');
        this.called.push(valueOf(letter));
      },
    });
  }

  async run(steps: number): Promise<void> {
    const { harness, random } = this;
    await harness.start();
    for (let i = 0; i < steps; i++) {
      if (random() < 0.1) {
        const operation = random() < 0.5 ? 'write' : 'sync';
        harness.env.disk.faults.at({ operation, call: 1 }, { error: random() < 0.5 ? 'EIO' : 'ENOSPC' });
      }
      const step = random();
      if (step < 0.4) this.send();
      else if (step < 0.65) this.answer();
      else if (step < 0.9) this.answerLetters();
      else await harness.settled();
    }
    while (harness.up.length < this.sent.length && random() < 0.99) {
      this.answer();
      this.answerLetters();
      await harness.settled();
    }
    await harness.env.clock.until(Promise.resolve(harness.stage.close?.(harness.env.clock.now())));
  }

  private send(): void {
    const count = 1 + Math.floor(this.random() * 6);
    const batch = this.harness.send(
      Array.from({ length: count }, (_, index) => ({
        value: `${this.sent.length + index}`.padStart(6, '0'),
        ...(this.random() < 0.8 && { key: `k${Math.floor(this.random() * 3)}` }),
      })),
    );
    this.sent.push(...batch);
    this.open.push(...batch);
  }

  /** The chain below keeps lanes, so records of one lane come up in order. */
  private answer(): void {
    const few = this.open.splice(0, 1 + Math.floor(this.random() * 4));
    for (const one of few) {
      const chance = this.random();
      this.harness.answer([one], chance < 0.3 ? delivered : chance < 0.8 ? fails() : mayBeWritten());
    }
  }

  private answerLetters(): void {
    const underway = this.harness.letters
      .flatMap(({ batch }) => batch)
      .filter(({ outcome }) => outcome === undefined);
    const some = underway.filter(() => this.random() < 0.5).sort(() => this.random() - 0.5);
    for (const one of some) {
      const outcome = this.random() < 0.6 ? delivered : fails('UNKNOWN_TOPIC');
      if (outcome === delivered) this.topic.push(valueOf(one));
      this.harness.answerLetters(outcome, [one]);
    }
  }
}

it('settles each delivery once, and stores each dead letter in the sink it names and no other, in order', async () => {
  const check = async (seed: number): Promise<void> => {
    const world = new World(seed);
    await world.run(120);
    const { harness, sent } = world;
    const inFile = harness.stored().map(valueOf);
    const sinks = { topic: world.topic, file: inFile, callback: world.called };
    const ended = new Map<string, string>();
    for (const one of harness.up) {
      const { outcome } = one;
      if (outcome?.status === 'dead-lettered') ended.set(valueOf(one), outcome.to.split(':')[0] ?? '');
    }
    // Only records that close settled may have a letter as well.
    const byClose = new Set(
      harness.up.filter(({ outcome }) => outcome?.status !== 'dead-lettered').map(valueOf),
    );
    const lanes = new Map(sent.map((one) => [valueOf(one), one.lane]));
    for (const [name, found] of Object.entries(sinks)) {
      const expected = [...ended].filter(([, to]) => to === name).map(([value]) => value);
      expect(found.filter((value) => ended.get(value) === name).sort()).toEqual(expected.sort());
      expect(found.filter((value) => ended.get(value) !== name && !byClose.has(value))).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
      if (name === 'topic') continue; // its results come in any order here; the order of the calls is checked below
      for (const lane of new Set(lanes.values())) {
        const ofLane = found.filter((value) => lane !== noLane && lanes.get(value) === lane);
        expect(ofLane).toEqual([...ofLane].sort());
      }
    }
    const asked = harness.letters.flatMap(({ batch }) => batch.map(valueOf));
    for (const lane of new Set(lanes.values())) {
      const ofLane = asked.filter((value) => lane !== noLane && lanes.get(value) === lane);
      expect(ofLane).toEqual([...ofLane].sort());
    }
    expect(harness.stage.stats?.()).toMatchObject({ waitingRecords: 0, waitingBytes: 0 });
  };
  await checkSeeds(check, { runs: 25 });
});
