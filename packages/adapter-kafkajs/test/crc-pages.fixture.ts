import { giveCrcPage, takeCrcPage } from '@holdfast/core/internal';

/** Takes all free pages. The caller gives them back. */
export function takeAllPages(): Buffer[] {
  const taken: Buffer[] = [];
  for (let page = takeCrcPage(); page !== undefined; page = takeCrcPage()) taken.push(page);
  return taken;
}

/** Returns how many pages are free. */
export function freePages(): number {
  const taken = takeAllPages();
  for (const page of taken) giveCrcPage(page);
  return taken.length;
}
