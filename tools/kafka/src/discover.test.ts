import { describe, expect, it } from 'vitest';
import { discover, type Probes } from './discover.js';

const install = { java: 'java', javaVersion: 17, libs: '/libs', archive: '/classes.jsa' };
const nothing: Probes = {
  brokers: undefined,
  java: () => Promise.resolve('no Java'),
  docker: () => Promise.resolve('no engine'),
  mock: () => 'no binding',
};
const any = { kind: undefined, require: 'any' } as const;

describe('the cluster to use', () => {
  it("is the user's own cluster first, then Java, Docker, the mock", async () => {
    const all: Probes = {
      brokers: 'a:1, b:2',
      java: () => Promise.resolve(install),
      docker: () => Promise.resolve(undefined),
      mock: () => true,
    };
    expect(await discover(any, all)).toMatchObject({ kind: 'external', brokers: ['a:1', 'b:2'] });
    expect(await discover(any, { ...all, brokers: '' })).toMatchObject({ kind: 'java', install });
    expect(await discover(any, { ...all, brokers: undefined, java: nothing.java })).toMatchObject({
      kind: 'docker',
    });
    expect(await discover(any, { ...nothing, mock: all.mock })).toMatchObject({ kind: 'mock' });
    expect(await discover({ ...any, kind: 'mock' }, all)).toMatchObject({ kind: 'mock' });
  });

  it('says why it is nothing better', async () => {
    const { reason } = await discover(any, { ...nothing, mock: () => true });
    expect(reason).toBe("librdkafka's mock cluster; KAFKA_BROKERS is not set; no Java; no engine");
  });

  it('is an error that names everything missing, when real Kafka is required or nothing is there', async () => {
    await expect(discover({ ...any, require: 'real' }, { ...nothing, mock: () => true })).rejects.toThrow(
      /no Java; no engine; .*real Kafka is required/,
    );
    await expect(discover(any, nothing)).rejects.toThrow(/no Java; no engine; no binding/);
    await expect(discover({ ...any, kind: 'java' }, nothing)).rejects.toThrow(/against: no Java$/);
  });

  it('refuses malformed addresses', async () => {
    await expect(discover(any, { ...nothing, brokers: 'a:1,nonsense' })).rejects.toThrow(/not 'nonsense'/);
  });
});
