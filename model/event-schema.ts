import { z } from 'zod'
import type { RunEvent } from './event.ts'
import type { Issue } from './parse.ts'
import { firstIssue } from './parse.ts'

const text = z.string()
const texts = z.array(text)
const flag = z.boolean()
/** Unix ms, up to the year 2286. */
const time = z.number().min(0).max(1e13)
const spanMs = z
  .number()
  .min(0)
  .max(7 * 86_400_000)
const number = z.number()
/** Linux gives pids up to 2^22, other systems up to 2^31. 0 stands for none. */
const pid = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1)
const process = { instance: text, pid, startTicks: number }
const code = z.number().int().nullable()

/** Kubernetes' rule for the names of most objects (RFC 1123). */
const objectName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is no name of Kubernetes')

const commandLine = z.looseObject({ argv: texts.min(1), timeoutMs: spanMs })
const injection = z.union([
  z.looseObject({
    driver: z.literal('command'),
    inject: commandLine,
    probe: commandLine,
    undo: commandLine.exactOptional(),
  }),
  z.looseObject({ driver: text.refine((driver) => driver !== 'command', 'is no injection of a command') }),
])
const fault = { fault: text }
const call = { ...fault, calledAtMs: time, repliedAtMs: time }
const evidence = { ...fault, evidence: text }
const container = { instance: text, id: text }

/** Kinds of events that some code reads the fields of; `audit.done` is looked at by the judge, which goes on without it. */
const bodies: Record<string, Record<string, z.ZodType>> = {
  'run.started': { schemaVersion: number, runId: text, pid, startTicks: number, bootId: text.exactOptional() },
  'process.started': process,
  'process.ready': { instance: text, pid },
  'process.exited': { instance: text, pid, code, signal: text.nullable(), expected: flag },
  'proxy.server': { apiUrl: text },
  'cluster.entered': {
    cluster: z.looseObject({ context: text.nullable(), kubeconfig: texts, namespace: objectName, server: text }),
    run: objectName,
    lock: text.nullable().exactOptional(),
    kinds: z.array(z.string().regex(/^[A-Za-z]{1,63}$/, 'is no kind')),
  },
  'cluster.clock': { aheadMs: number, withinMs: number, contradictions: number },
  'cluster.left': {},
  'containers.starting': { engineId: text, images: z.record(text, text) },
  'container.started': { ...container, engineAtMs: time },
  'container.ready': container,
  'container.exited': { ...container, exitCode: code, expected: flag, engineAtMs: time },
  'containers.removed': {},
  'phase.started': { phase: z.enum(['warmUp', 'steady', 'faults', 'recovery', 'audit']) },
  'load.started': {},
  'load.ended': { exitCode: code, signal: text.nullable() },
  'fault.injecting': { ...fault, injections: z.array(injection), pids: z.array(z.looseObject(process)) },
  'fault.injected': call,
  'fault.active': evidence,
  'fault.notActive': { ...evidence, lastSeenAtMs: time.exactOptional(), goneAtMs: time.exactOptional() },
  'fault.unseen': fault,
  'fault.removing': fault,
  'fault.removed': call,
  'fault.provenRemoved': evidence,
  'fault.notRemoved': { ...evidence, checkBy: texts },
  'fault.skipped': { ...fault, reason: text },
  'run.decided': { result: z.enum(['fail', 'pass']), evidence: text },
  'guard.tripped': { guard: text, evidence: text },
  'audit.done': {},
  'audit.failed': { reason: text },
  warning: { message: text },
  error: { message: text },
  'run.ended': { reason: z.enum(['completed', 'decided', 'interrupted', 'guard', 'crashed']) },
} satisfies Record<RunEvent['type'], Record<string, z.ZodType>>

const any = { atMs: time, type: text, seq: z.number().int().min(0).exactOptional() }
const anyEvent = z.looseObject(any)
const schemas = new Map(Object.entries(bodies).map(([type, body]) => [type, z.looseObject({ ...any, ...body })]))

/**
 * What is wrong with a line that should be an event; null where nothing is. Events of a type that is not known are of
 * another version, and only have to have a time.
 */
export const wrongInEvent = (value: object): Issue | null => {
  const type = 'type' in value && typeof value.type === 'string' ? value.type : ''
  const schema = schemas.get(type) ?? anyEvent
  return schema.safeParse(value).success ? null : firstIssue(schema, value)
}
