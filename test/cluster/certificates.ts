import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  certificate: string
  key: string
}

/** A throw-away certificate authority; its key never leaves this process. */
export interface Authority extends Certificate {
  /** For a client: `organization` is its group, `name` its user. For a server: the names it is reached by. */
  issue: (subject: { name: string; organization?: string; hosts?: string[] }) => Certificate
}

/** Written in DER by hand (X.509 v3, ECDSA P-256): Node reads certificates but makes none, and not every machine has openssl. */
export const createAuthority = (name: string): Authority => {
  const subject = distinguishedName({ name })
  const { publicKey, privateKey } = keyPair()
  // digitalSignature, keyCertSign and cRLSign
  const extensions = [
    extension('2.5.29.19', true, sequence(der(0x01, Buffer.from([0xff])))),
    extension('2.5.29.15', true, der(0x03, Buffer.from([1, 0x86]))),
  ]
  const makeCertificate = (holder: Buffer, holderKey: KeyObject, more: Buffer[]): string =>
    signed(privateKey, subject, holder, holderKey, more)
  return {
    certificate: makeCertificate(subject, publicKey, extensions),
    key: pem(privateKey),
    issue: ({ hosts = [], ...holder }) => {
      const keys = keyPair()
      const usage = [
        extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))), // digitalSignature
        extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'))),
        ...(hosts.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...hosts.map(alternativeName)))]),
      ]
      return {
        certificate: makeCertificate(distinguishedName(holder), keys.publicKey, usage),
        key: pem(keys.privateKey),
      }
    },
  }
}

/** Two PEM texts for signing tokens of service accounts. */
export const signingKeys = (): { publicKey: string; privateKey: string } => {
  const { publicKey, privateKey } = keyPair()
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey: pem(privateKey) }
}

const signed = (signer: KeyObject, issuer: Buffer, holder: Buffer, holderKey: KeyObject, extensions: Buffer[]) => {
  const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))
  const hourMs = 3_600_000
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ecdsaWithSha256,
    issuer,
    sequence(utcTime(Date.now() - hourMs), utcTime(Date.now() + 30 * 24 * hourMs)),
    holder,
    holderKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, signer)))
  const lines = certificate.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts)
const integer = (bytes: Buffer): Buffer => der(0x02, bytes)
const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes)

const objectId = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const base128 = (value: number): number[] => {
    const digits = [value & 0x7f]
    for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  }
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

const utcTime = (ms: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))

const distinguishedName = ({ name, organization }: { name: string; organization?: string }): Buffer => {
  const part = (id: string, value: string) => der(0x31, sequence(objectId(id), der(0x0c, Buffer.from(value))))
  return sequence(...(organization === undefined ? [] : [part('2.5.4.10', organization)]), part('2.5.4.3', name))
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(objectId(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))

const alternativeName = (host: string): Buffer =>
  isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))
