import type { Link, ProxySpec } from '../../model/system.ts'
import { type Part, protocolOf } from './parts.ts'

/** Name under which the port of a link's proxy is asked for. */
export const proxyPort = (from: string, to: string): string => `proxy ${from}-${to}`

/** The link by which the load comes in. */
export const frontOf = (links: Link[]): Link => {
  const front = links.find(({ from }) => from === 'client')
  if (!front) throw new Error('a system needs a link from "client"')
  return front
}

/** The proxy of a link; what it leads to must be one instance. */
export const proxyOf = ({ from, to }: Link, parts: Part[], port: (name: string) => number): ProxySpec => {
  const [target, another] = parts.filter(({ component }) => component === to)
  if (!target || another) throw new Error(`the link ${from} -> ${to} needs one instance of ${to}`)
  return {
    name: `${from}-${to}`,
    from,
    to,
    listenPort: port(proxyPort(from, to)),
    upstreamPort: port(target.name),
    protocol: protocolOf(target.program),
  }
}
