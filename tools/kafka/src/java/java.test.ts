import { describe, expect, it } from 'vitest';
import { parseJavaVersion } from './install.js';
import { planNodes } from './layout.js';
import { brokerProperties, renderProperties } from './properties.js';
import { securityProperties } from './security.js';

describe('the version of Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['command not found', undefined],
  ])('of %s', (output, expected) => {
    expect(parseJavaVersion(output)).toBe(expected);
  });
});

describe('the plan', () => {
  it('gives clients the first ports, in order', () => {
    expect(planNodes([1, 2, 3, 4, 5, 6], false)).toEqual([
      { id: 1, port: 1, controllerPort: 4, internalPort: 1 },
      { id: 2, port: 2, controllerPort: 5, internalPort: 2 },
      { id: 3, port: 3, controllerPort: 6, internalPort: 3 },
    ]);
    expect(planNodes([1, 2, 3], true)).toEqual([{ id: 1, port: 1, controllerPort: 2, internalPort: 3 }]);
  });
});

describe('the settings of a broker', () => {
  const of = (secure: boolean, ports: number[], overrides: Record<string, string> = {}) => {
    const plan = { directory: '/data', secure, nodes: planNodes(ports, secure) };
    const [node] = plan.nodes;
    if (node === undefined) throw new Error('no node');
    const security = secure ? securityProperties('/data', '/data/ca.pem') : {};
    return brokerProperties({ plan, node, autoCreateTopics: false, security, overrides });
  };

  it('listen on the loopback address only', () => {
    const properties = of(true, [11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(properties['listeners']).toBe(
      'CLIENT://127.0.0.1:11,INTERNAL://127.0.0.1:17,CONTROLLER://127.0.0.1:14',
    );
    expect(properties['controller.quorum.voters']).toBe('1@127.0.0.1:14,2@127.0.0.1:15,3@127.0.0.1:16');
  });

  it('make acks=all mean two replicas of three, and one of one', () => {
    expect(of(false, [1, 2, 3, 4, 5, 6])).toMatchObject({
      'min.insync.replicas': '2',
      'offsets.topic.replication.factor': '3',
      'unclean.leader.election.enable': 'false',
      'auto.create.topics.enable': 'false',
    });
    expect(of(false, [1, 2])).toMatchObject({
      'min.insync.replicas': '1',
      'offsets.topic.replication.factor': '1',
    });
  });

  it('refuse clients without a certificate or a password', () => {
    expect(of(true, [1, 2, 3])).toMatchObject({
      'listener.security.protocol.map': 'CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL',
      'listener.name.internal.ssl.client.auth': 'required',
      'listener.name.controller.ssl.client.auth': 'required',
      'allow.everyone.if.no.acl.found': 'false',
    });
  });

  it("are overridden by the user's own", () => {
    expect(of(false, [1, 2], { 'node.id': '9' })['node.id']).toBe('9');
  });

  it('become a file in which backslashes and line ends survive', () => {
    expect(renderProperties({ a: 'C:\\x', b: '1\n2' })).toBe('a=C:\\\\x\nb=1\\n2\n');
  });
});
