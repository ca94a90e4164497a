import { createProducer, type Middleware } from '@holdfast/core';
import { memoryKafka, recordingLogger } from '@holdfast/testing';

export const silently = recordingLogger();

export async function producerOver(use: Middleware[], logger = silently) {
  const kafka = memoryKafka({ autoCreateTopics: true });
  const producer = await createProducer({ adapter: kafka.adapter(), use, env: { logger } });
  return { kafka, producer };
}
