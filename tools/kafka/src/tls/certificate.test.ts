import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { makeAuthority, makeIdentity, privateKeyPem } from './certificate.js';

const authority = makeAuthority('a test authority');
const broker = makeIdentity(authority, 'a broker');

describe('certificates', () => {
  it('are valid for Node.js, signed by the authority and by no other', () => {
    const certificate = new X509Certificate(broker.certificate);
    expect(certificate.subject).toBe('CN=a broker');
    expect(certificate.issuer).toBe('CN=a test authority');
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.verify(makeAuthority('a test authority').publicKey)).toBe(false);
    expect(certificate.checkPrivateKey(broker.privateKey)).toBe(true);
  });

  it('name the loopback address, and are no authority themselves', () => {
    const certificate = new X509Certificate(broker.certificate);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.ca).toBe(false);
    expect(new X509Certificate(authority.certificate).ca).toBe(true);
  });

  it.each([
    ['the authority', authority.certificate, true],
    ['another authority', makeAuthority('another').certificate, false],
  ])('a TLS client that trusts %s', async (_name, ca, trusted) => {
    const server = createServer({ key: privateKeyPem(broker), cert: broker.certificate });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const socket = connect({ host: '127.0.0.1', port: address.port, ca });
    const outcome = await Promise.race([
      once(socket, 'secureConnect').then(() => true),
      once(socket, 'error').then(([error]) => String(error)),
    ]).catch((error: unknown) => String(error));
    socket.destroy();
    server.close();
    if (trusted) expect(outcome).toBe(true);
    else expect(outcome).toMatch(/unable to verify|self-signed|unable to get/);
  });
});
