import { notPlain } from '../conformance/not-plain.js';
import { nearMisses } from '../conformance/near-miss.js';
import { delivered } from './outcomes.js';
import { StageBench } from './stage-bench.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

const hooks = ['send', 'ready', 'start', 'flush', 'close', 'kept', 'stats'];

const traitNames = [
  'answers',
  'acceptsAfterMs',
  'needsDeliveryResults',
  'resends',
  'keepsLanes',
  'diverts',
  'persists',
  'terminal',
  'repeatable',
  'readsContext',
];

export function shapeCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [
    {
      title: 'has a name, known traits, and binds to a stage of its own each time',
      run: () => shape(subject),
    },
    { title: 'has no hook that is misspelt', run: () => spelling(subject) },
    { title: 'gives stats of plain numbers, strings and booleans at any time', run: () => stats(subject) },
  ];
}

function shape({ name: subject, create }: MiddlewareSubject): Promise<readonly string[]> {
  const problems: string[] = [];
  const made = create();
  const { name, traits } = made;
  if (typeof name !== 'string' || name === '')
    problems.push(`'${subject}' has no name; give the middleware a short one`);
  if (typeof made.bind !== 'function') problems.push(`'${subject}' has no bind(next, env)`);
  for (const trait of Object.keys(traits ?? {})) {
    if (!traitNames.includes(trait)) {
      problems.push(
        `'${subject}' has a trait '${trait}' that core does not know; there are ${traitNames.join(', ')}`,
      );
    }
  }
  return Promise.resolve(problems);
}

function spelling(subject: MiddlewareSubject): Promise<readonly string[]> {
  const { name, create } = subject;
  const { stage } = new StageBench(subject, { below: () => undefined });
  const slips = [...nearMisses(create(), ['name', 'traits', 'bind']), ...nearMisses(stage, hooks)];
  return Promise.resolve(slips.map((problem) => `'${name}' ${problem}`));
}

async function stats(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench: StageBench = new StageBench(subject, {
    below: ({ batch, answer }) => void bench.clock.after(5, () => answer(batch, delivered)),
  });
  const look = async (when: string): Promise<void> => {
    await bench.safely(`threw from stats ${when}`, () => {
      const wrong = notPlain(bench.stage.stats?.() ?? {});
      if (wrong !== undefined)
        bench.problems.add(`gives stats that are not plain numbers, strings and booleans: ${wrong}`);
      return Promise.resolve();
    });
  };
  await look('before start');
  await bench.start();
  bench.give(20);
  await look('with records in flight');
  await bench.drain();
  await look('when all is settled');
  await bench.close(0);
  await look('after close');
  return bench.problems.list();
}
