import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { HoldfastError, messageOf } from '../model/errors.ts'

let trusted: string | null = null

/**
 * From now on this process trusts the authorities that Node knows (with NODE_EXTRA_CA_CERTS), those of the machine (or of
 * SSL_CERT_FILE and SSL_CERT_DIR), and those of a file. k6 gets the same (`k6Network`).
 * @throws HoldfastError when the file holds no certificate.
 */
export const trustAuthorities = (caFile = ''): void => {
  // Reading those of a machine takes a tenth of a second.
  if (trusted === caFile) return
  const own = caFile === '' ? [] : certificatesIn(caFile)
  const all = [...getCACertificates('default'), ...getCACertificates('system'), ...own].map((pem) => pem.trim())
  setDefaultCACertificates([...new Set(all)])
  trusted = caFile
}

/** @throws HoldfastError when certificates are not checked at all here: k6 would check them. */
export const refuseUncheckedCertificates = (address: string, env: Record<string, string | undefined>): void => {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0' || new URL(address).protocol !== 'https:') return
  throw new HoldfastError('NODE_TLS_REJECT_UNAUTHORIZED=0 switches certificates off for Holdfast, but not for k6', {
    hint: 'Unset it, and name the authority of the certificate with --ca-file.',
  })
}

const certificatesIn = (file: string): string[] => {
  try {
    const blocks = readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []
    if (blocks.length === 0) throw new Error('it holds no certificate')
    return blocks.map((pem) => new X509Certificate(pem).toString())
  } catch (cause) {
    throw new HoldfastError(`--ca-file ${file} can't be used: ${messageOf(cause)}`, {
      hint: 'It is a PEM file with one or more certificates of authorities.',
      cause,
    })
  }
}
