/** The client id of one producer, taken on first use. */
export class ClientId {
  private taken: string | undefined;

  constructor(private readonly asked: string | undefined) {}

  get value(): string {
    return (this.taken ??= takeClientId(this.asked));
  }

  giveBack(): void {
    if (this.taken !== undefined) taken.delete(this.taken);
    this.taken = undefined;
  }
}

const taken = new Set<string>();
let made = 0;

/**
 * A client id that no other producer of this process has: the SDK keeps one value for each set of attributes, so two producers under
 * one id would overwrite each other's.
 */
function takeClientId(asked: string | undefined): string {
  const id = asked === undefined ? nextDefault() : free(asked);
  taken.add(id);
  return id;
}

function nextDefault(): string {
  let id: string;
  do id = `producer-${++made}`;
  while (taken.has(id));
  return id;
}

function free(asked: string): string {
  if (!taken.has(asked)) return asked;
  let number = 2;
  while (taken.has(`${asked}-${number}`)) number++;
  return `${asked}-${number}`;
}
