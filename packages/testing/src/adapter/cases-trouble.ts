import type { ConformanceCase } from '../conformance/conformance-case.js';
import { nameOf } from '../conformance/snapshot.js';
import { AdapterBench } from './adapter-bench.js';
import type { AdapterSubject, ClusterControl } from './adapter-subject.js';

type Run = (bench: AdapterBench, cluster: ClusterControl) => Promise<void>;

/** How an adapter takes a cluster that goes away, comes back, loses answers or gives none. */
export function troubleCases(subject: AdapterSubject): ConformanceCase[] {
  const cases: readonly (readonly [title: string, needs: keyof ClusterControl, run: Run])[] = [
    ['starts while no broker is up, and connects by itself once there is one', 'down', startInOutage],
    ['says that it is disconnected, and connects again by itself after an outage', 'down', outage],
    ["calls 'unknown' what may be written though its answer is lost", 'loseAnswers', lostAnswers],
    ['gives up at the delivery deadline when no answer comes', 'silence', noAnswers],
  ];
  return cases.map(([title, needs, run]) => {
    const { cluster } = subject;
    if (cluster?.[needs] === undefined)
      return { title, notTried: `subject.cluster.${needs} is not given`, run: () => Promise.resolve([]) };
    return { title, run: () => inTrouble(subject, cluster, run) };
  });
}

/** Whatever happens, the cluster is up for the next case. */
async function inTrouble(
  subject: AdapterSubject,
  cluster: ClusterControl,
  run: Run,
): Promise<readonly string[]> {
  const bench = new AdapterBench(subject);
  try {
    await run(bench, cluster);
  } finally {
    await cluster.up();
  }
  return bench.finish();
}

const startInOutage: Run = async (bench, cluster) => {
  await cluster.down();
  const connected = await bench.connects();
  if (connected)
    bench.problems.add('resolved connect though no broker answers; reject with the reason, and go on trying');
  const [early] = bench.deliveries(bench.records(1));
  if (early === undefined) return;
  bench.send([early]);
  await bench.turns();
  await cluster.up();
  await mustComeBack(bench, 'a start without a broker');
};

const outage: Run = async (bench, cluster) => {
  await bench.connect();
  await bench.mustDeliver(bench.records(3));
  await cluster.down();
  const during = bench.deliveries(bench.records(3, { key: 'during' }));
  bench.send(during);
  await bench.settled(during);
  for (const one of during) {
    if (one.outcome !== undefined && 'error' in one.outcome && !one.outcome.error.retriable)
      bench.problems.add(
        `calls an outage final (${one.outcome.error.code}); it passes, so say retriable: true`,
        nameOf(one),
      );
  }
  if (!(await bench.heard('disconnected')))
    bench.problems.add(
      "emits no 'disconnected' when the cluster is gone; env.events.emit('disconnected', { adapter: name, error })",
    );
  bench.forgetEvents();
  await cluster.up();
  await mustComeBack(bench, 'an outage');
};

async function mustComeBack(bench: AdapterBench, trouble: string): Promise<void> {
  const after = await bench.deliver(bench.records(3, { key: 'after' }));
  const left = after.find(({ outcome }) => outcome?.status !== 'delivered');
  if (left !== undefined) {
    bench.problems.add(
      `delivers nothing in ${bench.timeoutMs} ms after ${trouble} has ended; an adapter connects again by itself, for ever`,
      nameOf(left),
    );
  } else if (!(await bench.heard('connected')))
    bench.problems.add(
      `emits no 'connected' after ${trouble}; env.events.emit('connected', { adapter: name })`,
    );
}

const lostAnswers: Run = async (bench, cluster) => {
  await bench.connect();
  await bench.mustDeliver(bench.records(3));
  const all = bench.deliveries(bench.records(20, { key: 'lost' }));
  bench.send(all);
  await cluster.loseAnswers?.();
  await bench.settled(all);
  for (const one of all) {
    if (one.outcome?.status === 'failed')
      bench.problems.add(
        "says 'failed' (certainly not written) of a record whose answer was lost; say 'unknown'",
        nameOf(one),
      );
  }
};

const deadlineMs = 500;
const graceMs = 2_000;

const noAnswers: Run = async (bench, cluster) => {
  await bench.connect();
  await bench.mustDeliver(bench.records(3));
  await cluster.silence?.();
  const all = bench.deliveries(bench.records(3, { key: 'unanswered' }), deadlineMs);
  bench.send(all);
  await bench.pause(deadlineMs + graceMs);
  const late = all.filter((one) => bench.isOpen(one));
  for (const one of late) {
    bench.problems.add(
      `has not settled a delivery ${graceMs} ms after its deadline; give up at delivery.deadline, as 'unknown' where it may be written`,
      nameOf(one),
    );
  }
  await cluster.up();
  await bench.settled(all);
};
