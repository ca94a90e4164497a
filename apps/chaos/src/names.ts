/**
 * The clients that the victim can send through. `file` replaces Kafka where there is none, and is
 * faster.
 */
export const clients = ['kafkajs', 'confluent', 'file'] as const;
export type Client = (typeof clients)[number];

export const acknowledges = ['delivered', 'journaled'] as const;
export type Acknowledge = (typeof acknowledges)[number];

export const fsyncs = ['always', 'interval', 'never'] as const;
export type Fsync = (typeof fsyncs)[number];
