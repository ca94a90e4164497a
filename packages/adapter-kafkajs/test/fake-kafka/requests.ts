import { WireReader, WireWriter } from '@holdfast/testing';
import type { FakeBrokers } from './fake-brokers.js';
import { produceAnswer, produceKey } from './produce.js';
import type { Answer } from './reaction.js';

/** API keys of the other requests, and the one version of each that the fake speaks. */
const versions = {
  metadata: [3, 4],
  apiVersions: [18, 0],
  initProducerId: [22, 0],
} as const;

export function answerOf(kafka: FakeBrokers, node: number, request: Buffer): Answer {
  const reader = new WireReader(request);
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const writer = new WireWriter().int32(reader.int32()); // correlation id
  reader.string(); // client id
  if (apiKey === versions.apiVersions[0]) return apiVersionsAnswer(kafka, writer, apiVersion);
  if (apiKey === versions.metadata[0]) return metadataAnswer(kafka, reader, writer);
  if (apiKey === versions.initProducerId[0]) return producerIdAnswer(kafka, node, writer);
  return produceAnswer(kafka, { node, version: apiVersion }, reader, writer);
}

function apiVersionsAnswer(kafka: FakeBrokers, writer: WireWriter, version: number): Buffer {
  const known = Object.values(versions).filter(
    ([key]) => key !== versions.initProducerId[0] || kafka.knowsProducerIds,
  );
  const ranges = known.map(([key, only]) => [key, only, only] as const);
  writer
    .int16(0)
    .array([[produceKey, ...kafka.produceVersions], ...ranges], (range) => range.forEach(writer.int16));
  if (version > 0) writer.int32(0);
  return writer.done();
}

function metadataAnswer(kafka: FakeBrokers, reader: WireReader, writer: WireWriter): Answer {
  const wanted = reader.array(() => reader.string() ?? '');
  const create = reader.int8() !== 0;
  kafka.metadataQuestions.push({ topics: wanted, create });
  if (kafka.onMetadata?.() === 'hang') return 'hang';
  if (create && kafka.createsTopics) {
    for (const name of wanted) if (!kafka.topics.has(name)) kafka.topic(name, [1]);
  }
  writer.int32(0); // throttle time
  writer.array([...kafka.ports], ([node, port]) =>
    writer.int32(node).string('127.0.0.1').int32(port).string(null),
  );
  writer.string(null).int32(1); // cluster, controller
  writer.array(wanted, (name) => {
    const topic = kafka.topics.get(name);
    writer
      .int16(topic?.error ?? 3)
      .string(name)
      .int8(0);
    writer.array([...(topic?.leaders ?? []).entries()], ([partition, leader]) => {
      writer
        .int16(leader < 0 ? 5 : 0)
        .int32(partition)
        .int32(leader);
      writer.array([leader], writer.int32).array([leader], writer.int32); // replicas, and those in sync
    });
  });
  return writer.done();
}

function producerIdAnswer(kafka: FakeBrokers, node: number, writer: WireWriter): Buffer {
  const id = kafka.nextProducerId(node);
  writer.int32(0).int16(typeof id === 'bigint' ? 0 : id);
  return writer
    .int64(typeof id === 'bigint' ? id : -1n)
    .int16(0)
    .done();
}
