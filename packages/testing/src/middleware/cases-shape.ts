import { delivered } from './outcomes.js';
import { StageBench } from './stage-bench.js';
import type { ConformanceCase, MiddlewareSubject } from './subject.js';

const traitNames = [
  'answers',
  'needsDeliveryResults',
  'resends',
  'keepsLanes',
  'diverts',
  'persists',
  'terminal',
  'repeatable',
];

export function shapeCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [
    {
      title: 'has a name, known traits, and binds to a stage of its own each time',
      run: () => shape(subject),
    },
    { title: 'gives stats of plain numbers and strings at any time', run: () => stats(subject) },
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

async function stats(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench: StageBench = new StageBench(subject, {
    below: ({ batch, answer }) => void bench.clock.after(5, () => answer(batch, delivered)),
  });
  const look = async (when: string): Promise<void> => {
    await bench.safely(`threw from stats ${when}`, () => {
      const wrong = notPlain(bench.stage.stats?.() ?? {}, 'stats');
      if (wrong !== undefined)
        bench.problems.add(`gives stats that are not plain numbers and strings: ${wrong}`);
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

function notPlain(value: unknown, path: string): string | undefined {
  if (typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value))) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${path} is ${value === null ? 'null' : Array.isArray(value) ? 'an array' : Number.isNaN(value) ? 'NaN' : `a ${typeof value}`}`;
  }
  for (const [name, one] of Object.entries(value)) {
    const wrong = notPlain(one, `${path}.${name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
