/** The client id of one producer, which is taken on first use. */
export class ClientId {
  private taken: string | undefined;

  constructor(private readonly requested: string | undefined) {}

  get value(): string {
    return (this.taken ??= takeClientId(this.requested));
  }

  release(): void {
    if (this.taken !== undefined) taken.delete(this.taken);
    this.taken = undefined;
  }
}

const taken = new Set<string>();
let created = 0;

/**
 * Returns a client id that no other producer of this process has. The SDK keeps one value for each
 * set of attributes, so two producers with one id would overwrite each other's values.
 */
function takeClientId(requested: string | undefined): string {
  const id = requested === undefined ? nextDefault() : unique(requested);
  taken.add(id);
  return id;
}

function nextDefault(): string {
  let id: string;
  do id = `producer-${++created}`;
  while (taken.has(id));
  return id;
}

function unique(requested: string): string {
  if (!taken.has(requested)) return requested;
  let number = 2;
  while (taken.has(`${requested}-${number}`)) number++;
  return `${requested}-${number}`;
}
