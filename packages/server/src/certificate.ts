import { createPrivateKey, X509Certificate } from 'node:crypto'

/** A certificate with its key, both as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const day = 86_400_000
/** A certificate that ends sooner than this is made anew. */
const renewBefore = 30 * day

/** A self-signed certificate for this machine's own names, good for a year. Takes some 50 ms. */
export async function createCertificate(now: number): Promise<Certificate> {
  const { default: selfsigned } = await import('selfsigned')
  const made = await selfsigned.generate([{ name: 'commonName', value: 'tiltts' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - day),
    notAfterDate: new Date(now + 365 * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}

/** Whether a certificate that was kept can still be used: it fits its key, and does not end soon. */
export function isUsable({ key, cert }: Certificate, now: number): boolean {
  try {
    const certificate = new X509Certificate(cert)
    return certificate.checkPrivateKey(createPrivateKey(key)) && Date.parse(certificate.validTo) - now > renewBefore
  } catch {
    // Half written, or not what it says: as good as none.
    return false
  }
}
