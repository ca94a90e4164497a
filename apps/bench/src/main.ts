/**
 * `npm run bench`: see `arguments.ts` for the options and `README.md` for how to read the result.
 */
import { runProgram, UsageError } from '@holdfast/kafka/command-line';
import { help, parseArguments, type Choices } from './arguments.js';
import { findCase, selectCases } from './cases/catalogue.js';
import { Clusters } from './clusters.js';
import { isMeasured, type Result } from './measure/result.js';
import { figureOf, jsonLine, type Figure } from './report/json.js';
import { renderList } from './report/list.js';
import { machine, machineLine } from './report/machine.js';
import { publish } from './report/publish.js';
import { save } from './report/save.js';
import { sectionsOf } from './report/scale.js';
import { renderSvg } from './report/svg.js';
import { renderTable } from './report/table.js';
import { runCases } from './run-cases.js';

const goalMissedExitCode = 1;
const brokenExitCode = 3;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(choices: Choices): Promise<number> {
  const cases = selectCases(choices.filters);
  if (choices.list) {
    process.stdout.write(renderList(cases));
    return 0;
  }
  if (choices.redraw) {
    log(`redrawn from the kept figures: ${(await publish([])).join(', ')}`);
    return 0;
  }
  refuseDevelopment();
  const { pairs, quick } = choices;
  log(`${machineLine(machine())}; core's leak detection is off (NODE_ENV=production)`);
  if (quick) log('a smoke test (--quick): the figures mean nothing');
  const lines: string[] = [];
  const figures: Figure[] = [];
  const onResult = (result: Result): void => {
    const line = jsonLine(result, machine(), quick);
    lines.push(line);
    if (isMeasured(result)) figures.push(figureOf(result, machine(), quick));
    if (choices.json) process.stdout.write(`${line}\n`);
  };
  await using clusters = new Clusters(log);
  const results = await runCases(cases, clusters, { ...choices, log, onResult });
  if (!choices.json) {
    const sections = sectionsOf(results, (name) => findCase(name).shows);
    const coloured =
      process.stdout.isTTY && process.stdout.hasColors() && process.env['NO_COLOR'] === undefined;
    process.stdout.write(`\n${renderTable(sections, results, coloured)}`);
    const caption = `${machineLine(machine())}; medians of ${pairs} pairs${quick ? '; a smoke test' : ''}`;
    const folder = await save({
      'bench.svg': renderSvg(sections, caption),
      'bench.jsonl': `${lines.join('\n')}\n`,
    });
    process.stdout.write(`The same results are in ${folder}bench.svg and bench.jsonl\n`);
  }
  if (choices.publish) log(`published: ${(await publish(figures)).join(', ')}`);
  return exitCodeOf(results, choices);
}

/** Leak detection remembers every record, which a user's program in production does not pay for. */
function refuseDevelopment(): void {
  if (process.env['NODE_ENV'] === 'production') return;
  throw new UsageError(
    "NODE_ENV is not 'production', so core's leak detection would be measured; `npm run bench` sets it",
  );
}

function exitCodeOf(results: readonly Result[], { check }: Choices): number {
  if (results.some((result) => !isMeasured(result))) return brokenExitCode;
  const missed = results.some((result) => isMeasured(result) && result.pass === false);
  return check && missed ? goalMissedExitCode : 0;
}

await runProgram({ name: 'bench', help, read: parseArguments, run });
