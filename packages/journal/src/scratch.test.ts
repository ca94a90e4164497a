import { it } from 'vitest';
import { Run } from './model-run.fixture.js';
it('x', async () => {
  const run = new Run({
    acknowledge: 'delivered',
    fsync: 'always',
    whenFull: 'block',
    encrypted: false,
    maxInFlightRecords: 3,
    maxBytes: 65536,
    deadlineMs: Infinity,
  });
  await run.start();
  for (const s of [
    { append: 5, bytes: 6026 },
    { append: 26, bytes: 62 },
    { end: 'close', keep: 'random', seed: 0, key: 0 },
  ] as any[]) {
    await run.take(s);
    console.log(JSON.stringify(s), run.process.stats);
  }
  console.log((run as any).disk.files().map((f: string) => [f, (run as any).disk.readFile(f).length]));
  run.process.turn('up');
  await run.process.clock.advance(10_000);
  console.log(run.process.stats);
  const seg = (run.process.stage as any).journal.segments;
  const log = (run.process.stage as any).journal.log;
  console.log(
    seg.living.map((s: any) => [s.number, s.live, s.bytes, s.first, s.end]),
    seg.prepared?.number,
    seg.current?.number,
    log.failure,
    seg.isRetiring,
    seg.hasPendingAcks,
    log.queue.isEmpty,
  );
  run.process.append(1, 10);
  await run.process.clock.advance(10_000);
  console.log(run.process.stats);
  console.log(
    seg.living.map((s: any) => [s.number, s.live, s.bytes, s.first, s.end]),
    seg.prepared?.number,
    seg.current?.number,
    log.failure,
    seg.isRetiring,
    seg.hasPendingAcks,
    log.queue.isEmpty,
    seg.usedBytes,
    log.retryTimer,
  );
});
