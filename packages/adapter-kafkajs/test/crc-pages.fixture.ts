import { giveCrcPage, takeCrcPage } from '@holdfast/core/internal';

/** All the pages that are free; whoever takes them gives them back. */
export function takeAllPages(): Buffer[] {
  const taken: Buffer[] = [];
  for (let page = takeCrcPage(); page !== undefined; page = takeCrcPage()) taken.push(page);
  return taken;
}

/** How many are free. */
export function freePages(): number {
  const taken = takeAllPages();
  for (const page of taken) giveCrcPage(page);
  return taken.length;
}
