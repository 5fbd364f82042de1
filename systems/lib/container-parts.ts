import { join } from 'node:path'
import type { ContainerSpec, ContainersContext, ContainersLayout, Link } from '../../model/system.ts'
import { roleStatements } from './database-role.ts'
import { frontOf, proxyOf, proxyPort } from './links.ts'
import { bundleCommand, restartDelayMs } from './local-parts.ts'
import type { DescribeParts, Part } from './parts.ts'
import { runSecret } from './run-secret.ts'

/** Name of Toxiproxy's container on the network. */
export const proxyHost = 'toxiproxy'

/** Where an image of ours may write: the parts' image gives it to its user, the others run as root. */
const dataDir = '/data'

/**
 * The parts of a system as containers on one network; every link goes through a proxy of its own, in the
 * container of Toxiproxy. Gives what `System.containers` asks for.
 */
export const containerParts =
  (links: Link[], describe: DescribeParts) =>
  (context: ContainersContext): ContainersLayout => {
    const { port, weaknesses, options, runId } = context
    const { parts, scenarioEnv } = describe({
      runId,
      weaknesses,
      options,
      // Holdfast and k6 are outside of the network, and reach the proxies where they are published.
      address: (from, to) => `${from === 'client' ? '127.0.0.1' : proxyHost}:${port(proxyPort(from, to))}`,
      direct: (instance) => `127.0.0.1:${port(instance)}`,
      dataFile: (_instance, file) => `${dataDir}/${file}`,
    })
    const restart = weaknesses.includes('never-restarts') ? null : restartDelayMs
    return {
      containers: parts.map((part) => ({ ...containerOf(part, context), restartDelayMs: restart })),
      proxies: links.map((link) => proxyOf(link, parts, port)),
      bundle: (projectDir, folder) =>
        [...mainsOf(parts)].map(([component, main]) =>
          bundleCommand(projectDir, main, join(folder, `${component}.mjs`)),
        ),
      baseUrl: `http://127.0.0.1:${port(proxyPort('client', frontOf(links).to))}`,
      scenarioEnv,
    }
  }

/** Instances of a component run the same bundle. */
const mainsOf = (parts: Part[]): Map<string, string> =>
  new Map(parts.flatMap(({ component, program }) => (program.kind === 'node' ? [[component, program.main]] : [])))

const containerOf = (part: Part, context: ContainersContext): Omit<ContainerSpec, 'restartDelayMs'> => {
  const { name, component, program, after, env = {} } = part
  const port = context.port(name)
  const common = { name, component, ports: [port], after }
  switch (program.kind) {
    case 'postgres':
      return {
        ...common,
        image: 'postgres',
        // Nothing in it outlives the run.
        command: ['-p', String(port), ...Object.entries(program.settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
        env: {
          ...env,
          // The superuser's, which nothing uses; without one the image lets everybody in.
          POSTGRES_PASSWORD: runSecret(`${context.runId} superuser`),
          POSTGRES_HOST_AUTH_METHOD: 'scram-sha-256',
          POSTGRES_INITDB_ARGS: '-E UTF8 --no-locale --no-sync',
        },
        files: { '/docker-entrypoint-initdb.d/role.sql': `${roleStatements(context.runId).join('\n')}\n` },
        readiness: { kind: 'postgres', port },
      }
    case 'nats':
      return {
        ...common,
        image: 'nats',
        command: ['-p', String(port), '-js', '-sd', dataDir],
        env,
        readiness: { kind: 'nats', port },
      }
    case 'node':
      return {
        ...common,
        image: 'parts',
        command: [...(program.flags ?? []), `${component}.mjs`],
        env: { HOST: '0.0.0.0', PORT: String(port), INSTANCE: name, WEAKNESSES: context.weaknesses.join(','), ...env },
        readiness: { kind: 'http', url: `http://127.0.0.1:${port}/health/ready` },
        metricsUrl: `http://127.0.0.1:${port}/metrics`,
      }
  }
}
