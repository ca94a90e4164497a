/** The Kafka clients, the two chains, the acts, and the ways in which a service sends. */
export const clients = ['kafkajs', 'confluent'] as const;
export type Client = (typeof clients)[number];

export const chains = ['plain', 'holdfast'] as const;
export type Chain = (typeof chains)[number];

export const acts = ['leader', 'ways', 'cluster', 'pause', 'kill', 'dead-letters'] as const;
export type Act = (typeof acts)[number];

/** The acts of the short form, which takes less than two minutes. */
export const shortActs: readonly Act[] = ['leader', 'cluster', 'kill', 'dead-letters'];

/** Each is a stream of its own in the act `ways`. */
export const ways = ['synchronous', 'asynchronous', 'fire-and-forget'] as const;
export type Way = (typeof ways)[number];

/** Returns the act, and the way where it has several: `ways/synchronous`. */
export function sceneName({ act, way }: { readonly act: Act; readonly way?: Way | undefined }): string {
  return way === undefined ? act : `${act}/${way}`;
}

/** One act over one client. */
export interface Scene {
  readonly client: Client;
  readonly act: Act;
}
