import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Certificate, createAuthority, signingKeys } from './certificates.ts'

/** Name of the context in every kubeconfig. In the admin's it is not the current one: nothing may rely on that. */
export const contextName = 'holdfast-test'

/** Paths of what the parts of a cluster know each other by. */
export interface Access {
  authority: string
  /** Of every server of the cluster. */
  server: { certificate: string; key: string }
  apiServerClient: { certificate: string; key: string }
  serviceAccounts: { publicKey: string; privateKey: string }
  kubeconfigs: Record<User, string>
  authorityPem: string
  admin: Certificate
}

const hosts = ['10.96.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc']
/** Of the one node of a full cluster. */
export const nodeName = 'node-1'

const master = 'system:masters'
const users = {
  admin: { name: 'admin', organization: master },
  'chaos-mesh': { name: 'chaos-mesh', organization: master },
  kwok: { name: 'kwok', organization: master },
  'controller-manager': { name: 'system:kube-controller-manager' },
  scheduler: { name: 'system:kube-scheduler' },
  /** How the API server asks a kubelet for logs and port-forwards. */
  'api-server': { name: 'kube-apiserver', organization: master },
  kubelet: { name: `system:node:${nodeName}`, organization: 'system:nodes' },
  'kube-proxy': { name: 'system:kube-proxy' },
  dns: { name: 'dns', organization: master },
}

type User = keyof typeof users

/** Makes certificates and kubeconfigs for one cluster and writes them to its folder. */
export const writeAccess = (folder: string, host: string, apiServerPort: number): Access => {
  const apiServerUrl = `https://${host}:${apiServerPort}`
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const authority = createAuthority('holdfast-test')
  const server = authority.issue({ name: 'server', hosts: [host, ...hosts] })
  const keys = signingKeys()
  const kubeconfig = (user: User, login = authority.issue(users[user])): string =>
    write(`${user}.kubeconfig`, kubeconfigText({ apiServerUrl, authorityPem: authority.certificate, user, ...login }))
  const admin = authority.issue(users.admin)
  const client = authority.issue(users['api-server'])
  return {
    authority: write('ca.crt', authority.certificate),
    server: { certificate: write('tls.crt', server.certificate), key: write('tls.key', server.key) },
    serviceAccounts: { publicKey: write('sa.pub', keys.publicKey), privateKey: write('sa.key', keys.privateKey) },
    apiServerClient: {
      certificate: write('api-server.crt', client.certificate),
      key: write('api-server.key', client.key),
    },
    kubeconfigs: Object.fromEntries(
      (Object.keys(users) as User[]).map((user) => [user, kubeconfig(user, user === 'admin' ? admin : undefined)]),
    ) as Access['kubeconfigs'],
    authorityPem: authority.certificate,
    admin,
  }
}

interface Login extends Certificate {
  apiServerUrl: string
  authorityPem: string
  user: string
}

/** JSON is YAML, too. */
const kubeconfigText = ({ apiServerUrl, authorityPem, user, certificate, key }: Login): string => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: contextName, cluster: { server: apiServerUrl, 'certificate-authority-data': base64(authorityPem) } },
    ],
    users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name: contextName, context: { cluster: contextName, user } }],
    ...(user === 'admin' ? {} : { 'current-context': contextName }),
  }
  return `${JSON.stringify(kubeconfig, null, 2)}\n`
}
