import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/**
 * Requests to a port of a component are delayed, cut off, or answered with another status. Exactly one
 * of `delayMs`, `abort` and `status`. It reaches plain HTTP only, and new connections only.
 */
export interface HttpFault extends FaultBase {
  kind: 'httpFault'
  for: NonNullable<FaultBase['for']>
  target: string
  /** The port on which the component's container listens. */
  port: number
  /** Which requests: `/orders/*`; all unless said. */
  path?: string | undefined
  /** `GET`, `POST`, ...; all unless said. */
  method?: string | undefined
  /** Requests come this much later. */
  delayMs?: number | undefined
  /** The connection is cut instead of an answer. */
  abort?: true | undefined
  /** Every answer has this status. */
  status?: number | undefined
}

/** `httpFault({ target: 'api', port: 8080, path: '/orders/*', status: 503, at: '0s', for: '20s' })` */
export const httpFault = (fault: Written<HttpFault>): HttpFault => ({ kind: 'httpFault', ...fault })

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']

export const httpFaultKind: FaultKind<HttpFault> = {
  kind: 'httpFault',
  summary: 'Delays, cuts off or falsifies the answers of a component to HTTP requests.',
  oneShot: false,
  environments: ['kubernetes'],
  instead: { local: 'The proxies do not read HTTP: use latency, connectionReset or unavailable.' },
  parse: parser(
    z
      .strictObject({
        ...heldShape,
        kind: z.literal('httpFault'),
        target: z.string().min(1),
        port: z.int().min(1, 'must be at least 1').max(65_535, 'must be at most 65535'),
        path: z.string().startsWith('/', 'must begin with /').optional(),
        method: z.enum(methods).optional(),
        delayMs: z.int().min(1, 'must be at least 1 ms').optional(),
        abort: z.literal(true).optional(),
        status: z.int().min(100, 'must be at least 100').max(599, 'must be at most 599').optional(),
      })
      .superRefine((fault, context) => {
        const { delayMs, abort, status } = fault
        const said = [delayMs, abort, status].filter((value) => value !== undefined).length
        if (said === 1) return
        const message = 'must hold one of delayMs, abort and status'
        context.addIssue({ code: 'custom', path: [], message, input: fault })
      }),
  ),
  label: ({ target, method, path, delayMs, abort, status }) => {
    const what = abort ? 'cut off' : status === undefined ? `delay ${delayMs} ms` : `answer ${status}`
    return `HTTP ${what} on ${[target, method, path].filter((word) => word !== undefined).join(' ')}`
  },
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  chaosMesh: ({ target, port, path = '*', method, delayMs, abort, status }, pods) => [
    experiment('HTTPChaos', {
      ...pods(target),
      target: status === undefined ? 'Request' : 'Response',
      port,
      path,
      ...(method === undefined ? {} : { method }),
      ...(delayMs === undefined ? {} : { delay: `${delayMs}ms` }),
      ...(abort === undefined ? {} : { abort }),
      ...(status === undefined ? {} : { replace: { code: status } }),
    }),
  ],
}
