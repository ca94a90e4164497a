/** The Kafka clients, the two ways to use each, and what happens to the brokers meanwhile. */
export const clients = ['kafkajs', 'confluent'] as const;
export type Client = (typeof clients)[number];

export const chains = ['plain', 'holdfast'] as const;
export type Chain = (typeof chains)[number];

export const acts = ['leader', 'cluster', 'pause', 'kill'] as const;
export type Act = (typeof acts)[number];
