import { sceneName } from '../names.js';
import { brokenPromises, type Result } from '../verdict/result.js';
import { whole } from './table.js';

/** Explains the table in sentences. Each line ends with a line feed. */
export function closingWords(results: readonly Result[]): string {
  const lines = results.filter(({ chain }) => chain === 'plain').flatMap(aboutPlain);
  const ours = results.filter(({ chain }) => chain === 'holdfast');
  const broken = ours.flatMap((result) =>
    brokenPromises(result).map((words) => `Holdfast BROKE ITS PROMISE (${sceneOf(result)}): ${words}.`),
  );
  const evidence = ours.flatMap((result) => result.evidence.map((words) => `  ${sceneOf(result)}: ${words}`));
  lines.push(...(broken.length > 0 ? [...broken, ...evidence] : [aboutHoldfast(ours)]));
  return [...lines, ''].join('\n');
}

function aboutPlain(result: Result): string[] {
  const { sent, outOfOrder, duplicated } = result;
  const facts: string[] = [];
  if (result.lost > 0)
    facts.push(`lost ${whole(result.lost)} of ${whole(sent)} records${acknowledgedOf(result)}`);
  if (outOfOrder > 0) facts.push(`put ${whole(outOfOrder)} out of order within their keys`);
  if (duplicated > 0) facts.push(`duplicated ${whole(duplicated)}`);
  return facts.length === 0 ? [] : [`Plain ${sceneOf(result)}: ${facts.join(', ')}.`];
}

function acknowledgedOf({ lost, acknowledgedButLost }: Result): string {
  if (acknowledgedButLost === 0) return '';
  return acknowledgedButLost === lost
    ? ', all of which it had acknowledged'
    : `, ${whole(acknowledgedButLost)} of which it had acknowledged`;
}

function aboutHoldfast(results: readonly Result[]): string {
  const sum = (of: (result: Result) => number): number => results.reduce((all, one) => all + of(one), 0);
  const count = (of: (result: Result) => number): string => whole(sum(of));
  const sentences = [
    `Holdfast: 0 of ${count((one) => one.sent - one.lost)} records lost, 0 out of order, ${duplicatesIn(sum)}.`,
    `sent = delivered + dead-lettered + failed + unknown + held, each of the ${count(checksOf)} times that it was looked at.`,
  ];
  // Only without broken promises: nothing was promised for the records that are missing here.
  if (sum((one) => one.lost) > 0) {
    sentences.push(
      `${count((one) => one.lost)} more had no answer yet when their service was killed, and are not in the topic.`,
    );
  }
  if (sum(deadLettersOf) > 0) {
    sentences.push(
      `${count(deadLettersOf)} records were dead-lettered and replayed when the cause was gone; a second replay sent none.`,
    );
  }
  return sentences.join('\n');
}

function duplicatesIn(sum: (of: (result: Result) => number) => number): string {
  const duplicated = sum((one) => one.duplicated);
  if (duplicated === 0) return '0 duplicated';
  const once = whole(sum((one) => one.onceUnknown));
  return `${whole(duplicated)} duplicated, each of them a record that once had the outcome \`unknown\` (${once} had it)`;
}

const deadLettersOf = ({ tally }: Result): number => tally?.deadLettered ?? 0;
const checksOf = ({ tally }: Result): number => tally?.conservationChecks ?? 0;

const sceneOf = (result: Result): string => `${result.client}, ${sceneName(result)}`;
