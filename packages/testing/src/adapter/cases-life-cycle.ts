import type { ConformanceCase } from '../conformance/conformance-case.js';
import { notPlain } from '../conformance/not-plain.js';
import { AdapterBench } from './adapter-bench.js';
import type { AdapterSubject } from './adapter-subject.js';

type Run = (bench: AdapterBench) => Promise<void>;

export function adapterLifeCycleCases(subject: AdapterSubject): ConformanceCase[] {
  const cases: readonly (readonly [title: string, run: Run])[] = [
    ['has a name, its capabilities, and plain stats', shape],
    ["emits 'connected' once a broker has answered", connected],
    ['takes records before connect has resolved', early],
    ['resolves flush when what was sent before is settled, and at once when nothing is', flush],
    ['settles what is in flight when it is disconnected at once', disconnectAtOnce],
    ['can be disconnected without having been connected, and more than once', disconnectTwice],
    ['settles as failed what comes after disconnect', afterDisconnect],
  ];
  return cases.map(([title, run]) => ({
    title,
    run: async () => {
      const bench = new AdapterBench(subject);
      await run(bench);
      return bench.finish();
    },
  }));
}

const shape: Run = async (bench) => {
  const { name, capabilities } = bench.adapter;
  if (typeof name !== 'string' || name === '')
    bench.problems.add('has no name; give the adapter a short one');
  for (const field of ['offsets', 'idempotent'] as const) {
    if (typeof capabilities[field] !== 'boolean')
      bench.problems.add(`does not say capabilities.${field}, true or false`);
  }
  if (!['all', 'leader', 'none'].includes(capabilities.acks)) {
    bench.problems.add("does not say capabilities.acks, 'all', 'leader' or 'none'");
  }
  await bench.connect();
  const wrong = notPlain(bench.adapter.stats?.() ?? {});
  if (wrong !== undefined)
    bench.problems.add(`gives stats that are not plain numbers, strings and booleans: ${wrong}`);
};

const connected: Run = async (bench) => {
  await bench.connect();
  if (!(await bench.heard('connected'))) {
    bench.problems.add(
      "emits no 'connected' though connect has resolved; env.events.emit('connected', { adapter: name })",
    );
  }
};

const early: Run = async (bench) => {
  const connected = bench.connect();
  const all = bench.deliveries(bench.records(10));
  bench.send(all);
  await connected;
  await bench.settled(all);
};

const flush: Run = async (bench) => {
  await bench.connect();
  const deadline = (): number => bench.clock.now() + bench.timeoutMs;
  await bench.within('flush of nothing', bench.adapter.flush(deadline()));
  const all = bench.deliveries(bench.records(200));
  bench.send(all);
  await bench.within('flush', bench.adapter.flush(deadline()));
  bench.reportOpen('resolved flush before a delivery that was sent before it was settled');
};

const disconnectAtOnce: Run = async (bench) => {
  await bench.connect();
  bench.send(bench.deliveries(bench.records(200)));
  await bench.disconnect(0);
  await bench.turns();
  bench.reportOpen('has not settled a delivery at the end of disconnect');
};

const disconnectTwice: Run = async (bench) => {
  await bench.disconnect(1_000);
  await bench.disconnect(1_000);
};

const afterDisconnect: Run = async (bench) => {
  await bench.connect();
  await bench.disconnect(1_000);
  const all = bench.deliveries(bench.records(2));
  bench.send(all);
  await bench.settled(all);
  for (const { outcome } of all) {
    if (outcome?.status === 'delivered') bench.problems.add('delivered a record after disconnect');
  }
};
