import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bitString,
  boolean,
  der,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from './der.js';

/**
 * X.509 certificates (RFC 5280) for brokers that live as long as a test. Made here, because Node.js
 * can check certificates but not issue them, and because `keytool` would need a JVM, and half a
 * second, for each step.
 */
export interface Identity {
  readonly commonName: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The certificate, as PEM. */
  readonly certificate: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 30;

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const CERT_SIGN_AND_CRL_SIGN = bitString(Buffer.from([0x06]), 1);
const DIGITAL_SIGNATURE = bitString(Buffer.from([0x80]), 7);
const SERVER_AUTH = objectId('1.3.6.1.5.5.7.3.1');
const CLIENT_AUTH = objectId('1.3.6.1.5.5.7.3.2');

/** Creates a certificate authority that no system trusts. */
export function makeAuthority(commonName: string): Identity {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension('2.5.29.19', true, sequence(boolean(true))),
    extension('2.5.29.15', true, CERT_SIGN_AND_CRL_SIGN),
  ];
  return issue({ commonName, ...keys }, { commonName, ...keys }, extensions);
}

/**
 * Creates a certificate, signed by the authority, for a server or client at 127.0.0.1 and
 * localhost.
 */
export function makeIdentity(authority: Identity, commonName: string): Identity {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, DIGITAL_SIGNATURE),
    extension('2.5.29.37', false, sequence(SERVER_AUTH, CLIENT_AUTH)),
    extension('2.5.29.17', false, names),
  ];
  return issue({ commonName, ...keys }, authority, extensions);
}

/** Returns the private key (PKCS #8) and then the certificate, as one PEM file. */
export function keyAndCertificate(identity: Identity): string {
  return `${privateKeyPem(identity)}${identity.certificate}`;
}

export function privateKeyPem({ privateKey }: Identity): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function issue(
  subject: Omit<Identity, 'certificate'>,
  issuer: Omit<Identity, 'certificate'>,
  extensions: readonly Buffer[],
): Identity {
  const now = Date.now();
  const validity = [new Date(now - DAY_MS), new Date(now + VALID_DAYS * DAY_MS)];
  const keyIds = [
    extension('2.5.29.14', false, octetString(keyId(subject.publicKey))),
    extension('2.5.29.35', false, sequence(der(0x80, keyId(issuer.publicKey)))),
  ];
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer.commonName),
    sequence(...validity.map(utcTime)),
    distinguishedName(subject.commonName),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions, ...keyIds)),
  );
  const signature = bitString(sign('sha256', body, issuer.privateKey));
  return { ...subject, certificate: pem(sequence(body, ECDSA_WITH_SHA256, signature)) };
}

function extension(id: string, critical: boolean, content: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(content));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(COMMON_NAME, utf8String(commonName))));
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

/** Returns a positive number without a leading zero, as DER requires. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
