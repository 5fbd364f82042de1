import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { runSecret } from './run-secret.ts'

/** The role of the parts: it may do everything in their database and nothing on the machine. */
const role = 'parts'

const passwordOf = (runId: string): string => runSecret(`${runId} database`)

/** How a part logs in, with the password of this run. @param address `host:port` at which the part reaches PostgreSQL */
export const databaseUrl = (runId: string, address: string): string =>
  `postgres://${role}:${passwordOf(runId)}@${address}/postgres`

/**
 * SQL, a statement a line, that makes the parts' role, which is no superuser. PostgreSQL gets the SCRAM verifier
 * (RFC 5803) and never the password: the text may stand in a command line, since nobody can log in with it.
 */
export const roleStatements = (runId: string): string[] => [
  `create role ${role} login nosuperuser nocreatedb nocreaterole noreplication password '${verifierOf(runId)}';`,
  `alter database postgres owner to ${role};`,
]

/** Who may log in: this role, over TCP, with its password. The superuser cannot, from anywhere. */
export const accessRule = (from: 'this machine' | 'any address'): string =>
  `host postgres ${role} ${from === 'this machine' ? '127.0.0.1/32' : 'all'} scram-sha-256`

const iterations = 4096

const verifierOf = (runId: string): string => {
  const salt = Buffer.from(runSecret(`${runId} salt`), 'hex').subarray(0, 16)
  const salted = pbkdf2Sync(passwordOf(runId), salt, iterations, 32, 'sha256')
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}
