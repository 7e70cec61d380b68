/** A certificate for 127.0.0.1, made anew for each test, so that no key is kept in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface SelfSigned {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export function selfSigned(): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from('here')))));
  const validity = der(0x30, utcTime('260101000000Z'), utcTime('491231000000Z'));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const body = der(
    0x30,
    version,
    serial,
    ECDSA,
    name,
    validity,
    name,
    spki,
    der(0xa3, der(0x30, forLoopback())),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const pem = der(0x30, body, ECDSA, signature)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${pem}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Subject alternative name: the address 127.0.0.1. */
function forLoopback(): Buffer {
  const names = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])));
  return der(0x30, der(0x06, Buffer.from('551d11', 'hex')), der(0x04, names));
}

/** Tag, length, content (X.690, 8.1). */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

/** ecdsa-with-SHA256, and the attribute type commonName. */
const ECDSA = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex'));
