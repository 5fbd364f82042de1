import { shown } from '../../model/parse.ts'
import { goDurationMs, goFloat, isRate, isSize } from './go-values.ts'
import type { AnySpec, Refusal } from './refusal.ts'
import { admission, isThere, ours, record } from './refusal.ts'

const isDuration = (value: unknown): boolean => typeof value === 'string' && goDurationMs(value) !== null

const podChaos = ({ action, containerNames }: AnySpec): Refusal[] => {
  const named = Array.isArray(containerNames) && containerNames.length > 0
  if (action !== 'container-kill' || named) return []
  return [
    admission('containerNames', 'container-kill needs it', 'Name the containers of the pod that are to be killed.'),
  ]
}

const netemActions = ['delay', 'loss', 'duplicate', 'corrupt', 'rate']

const networkActions = ['netem', 'delay', 'loss', 'duplicate', 'corrupt', 'partition', 'bandwidth']

const networkChaos = (spec: AnySpec): Refusal[] =>
  networkActions.includes(spec.action as string)
    ? [...trafficRefusals(spec), ...netemRefusals(spec)]
    : [admission('action', `${shown(spec.action)} is no action`, `Write one of ${networkActions.join(', ')}.`)]

/** Which traffic it hits. For `partition` Chaos Mesh checks nothing of it. */
const trafficRefusals = ({ action, direction = 'to', target, externalTargets }: AnySpec): Refusal[] => {
  const by = action === 'partition' ? ours : admission
  if (direction === 'to') return []
  if (isThere(externalTargets) && action !== 'partition')
    return [admission('externalTargets', `cannot be used with direction ${shown(direction)}`, 'Use direction: "to".')]
  if (isThere(target) || isThere(externalTargets)) return []
  return [
    by(
      'direction',
      `${shown(direction)} needs a target`,
      'Name the pods at the other end in target, or use direction: "to".',
    ),
  ]
}

const netemRefusals = (spec: AnySpec): Refusal[] => {
  const { action } = spec
  const wanted = action === 'netem' ? netemActions : action === 'partition' ? [] : [String(action)]
  if (wanted.length > 0 && !wanted.some((key) => isThere(spec[key])))
    return [
      ours(
        wanted.length > 1 ? 'action' : String(action),
        `${action} without ${wanted.join(' or ')} does nothing`,
        'Say how much.',
      ),
    ]
  return netemActions
    .flatMap((key) => netemRefusal(key, record(spec[key]), isThere(spec[key])))
    .concat(bandwidthRefusals(spec))
}

const netemRefusal = (key: string, values: AnySpec, isGiven: boolean): Refusal[] => {
  if (!isGiven) return []
  const times = key === 'delay' ? ['latency', 'jitter'] : []
  const shares = key === 'rate' ? [] : key === 'delay' ? ['correlation'] : [key, 'correlation']
  return [
    ...(key === 'rate' ? rateRefusals('rate.rate', values.rate) : []),
    ...times.flatMap((name) => timeRefusals(`${key}.${name}`, values[name], name === 'latency')),
    ...shares.flatMap((name) => shareRefusals(`${key}.${name}`, values[name], name === key)),
  ]
}

/** The schema's own pattern: one number and one unit. */
const timePattern = /^[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)$/
const timeRefusals = (path: string, value: unknown, isNeeded: boolean): Refusal[] => {
  if (!isThere(value)) return isNeeded ? [admission(path, 'is missing', 'Write for instance "100ms".')] : []
  if (typeof value === 'string' && timePattern.test(value)) return []
  return [admission(path, `${shown(value)} is no time`, 'Write one number and one unit: "100ms".')]
}

const shareRefusals = (path: string, value: unknown, isNeeded: boolean): Refusal[] => {
  const hint = 'Write a percentage as text without a sign: "5".'
  if (!isThere(value)) return isNeeded ? [admission(path, 'is missing', hint)] : []
  const share = typeof value === 'string' ? goFloat(value) : null
  // An empty correlation is filled in.
  if (share === null)
    return value === '' && !isNeeded ? [] : [admission(path, `${shown(value)} is no number as text`, hint)]
  return share >= 0 && share <= 100 ? [] : [ours(path, `${shown(value)} is not between 0 and 100`, hint)]
}

const rateRefusals = (path: string, value: unknown): Refusal[] =>
  typeof value === 'string' && isRate(value)
    ? []
    : [admission(path, `${shown(value)} is no rate`, 'Write a whole number and a unit: "8mbit", or "1mbps" for bytes.')]

const bandwidthRefusals = ({ bandwidth }: AnySpec): Refusal[] => {
  if (!isThere(bandwidth)) return []
  const { rate, limit, buffer } = record(bandwidth)
  const sizes = Object.entries({ limit, buffer }).filter(([, bytes]) => !Number.isInteger(bytes) || Number(bytes) < 1)
  return [
    ...rateRefusals('bandwidth.rate', rate),
    ...sizes.map(([name]) =>
      admission(`bandwidth.${name}`, 'must be a whole number of bytes above 0', 'For instance 10000.'),
    ),
  ]
}

const stressChaos = ({ stressors, stressngStressors }: AnySpec): Refusal[] => {
  const { cpu, memory } = record(stressors)
  if (!isThere(cpu) && !isThere(memory)) {
    // With arguments of stress-ng alone there may be none.
    if (!isThere(stressors) && typeof stressngStressors === 'string' && stressngStressors !== '') return []
    return [
      admission('stressors', 'holds neither cpu nor memory', 'Write cpu: { workers: 1 } or memory: { workers: 1 }.'),
    ]
  }
  const { load } = record(cpu)
  const { size } = record(memory)
  const idle = Object.entries({ cpu, memory }).filter(([, value]) => isThere(value) && !isCount(record(value).workers))
  return [
    ...idle.map(([name]) => ours(`stressors.${name}.workers`, 'must be at least 1', 'Write workers: 1.')),
    ...(isThere(load) && !isPercentage(load)
      ? [
          admission(
            'stressors.cpu.load',
            `${shown(load)} is no number from 0 to 100`,
            'Write a percentage as a number: 50.',
          ),
        ]
      : []),
    ...(isThere(size) && !(typeof size === 'string' && isSize(size))
      ? [admission('stressors.memory.size', `${shown(size)} is no size`, 'Write for instance "256MB" or "50%".')]
      : []),
  ]
}

const isPercentage = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 100
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1

const httpMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']

const httpChaos = ({ target, port, method, delay, abort, replace, patch }: AnySpec): Refusal[] => [
  ...(target === 'Request' || target === 'Response'
    ? []
    : [admission('target', `${shown(target)} is neither Request nor Response`, 'Write target: "Request".')]),
  ...(typeof port === 'number' && port > 0
    ? []
    : [admission('port', 'must be above 0', 'Name the port on which the container listens.')]),
  ...(target === 'Request' && isThere(method) && !(httpMethods as unknown[]).includes(method)
    ? [admission('method', `${shown(method)} is no method`, `Write one of ${httpMethods.join(', ')}.`)]
    : []),
  ...(isThere(delay) && !isDuration(delay)
    ? [admission('delay', `${shown(delay)} is no duration of Go`, 'Write for instance "100ms".')]
    : []),
  ...(abort === true || [delay, replace, patch].some(isThere)
    ? []
    : [ours('target', 'nothing is said to happen to it', 'Add delay, abort, replace or patch.')]),
]

const ioChaos = ({ action, delay, errno, percent, volumePath }: AnySpec): Refusal[] => [
  ...(typeof volumePath === 'string' && volumePath !== ''
    ? []
    : [ours('volumePath', 'is missing', 'Name where the volume is mounted.')]),
  ...(action === 'fault' && !isCount(errno)
    ? [admission('errno', 'fault needs an error number', 'Write for instance 5 (EIO) or 28 (ENOSPC).')]
    : []),
  ...(isThere(delay) && delay !== '' && !isDuration(delay)
    ? [admission('delay', `${shown(delay)} is no duration of Go`, 'Write for instance "100ms".')]
    : []),
  ...(action === 'latency' && (!isThere(delay) || delay === '')
    ? [ours('delay', 'latency without delay does nothing', 'Write for instance "100ms".')]
    : []),
  ...(isThere(percent) && !isPercentage(percent)
    ? [admission('percent', `${shown(percent)} is no number from 0 to 100`, 'Write a percentage as a number: 50.')]
    : []),
]

const dnsChaos = ({ patterns }: AnySpec): Refusal[] => {
  if (!Array.isArray(patterns) || patterns.length === 0)
    return [ours('patterns', 'is empty, which means every name', 'Name what is not to be found: ["mail.example.com"].')]
  const wrong = patterns.find((pattern) => typeof pattern !== 'string' || /\*./.test(pattern))
  return wrong === undefined
    ? []
    : [ours('patterns', `${shown(wrong)} has a * that is not at its end`, 'Write for instance "example.*".')]
}

const timeChaos = ({ timeOffset }: AnySpec): Refusal[] => {
  const ms = typeof timeOffset === 'string' ? goDurationMs(timeOffset) : null
  if (ms === null)
    return [
      admission('timeOffset', `${shown(timeOffset)} is no duration of Go`, 'Write for instance "-10m" or "1h30m".'),
    ]
  return ms === 0 ? [ours('timeOffset', 'is 0: the clock would be right', 'Write for instance "-10m".')] : []
}

const blockChaos = ({ action, delay }: AnySpec): Refusal[] =>
  action === 'delay' && !isThere(delay)
    ? [admission('delay', 'the action delay needs it', 'Write delay: { latency: "100ms" }.')]
    : []

const physicalMachineChaos = ({ address, selector }: AnySpec): Refusal[] =>
  isThere(selector) || (Array.isArray(address) && address.length > 0)
    ? []
    : [admission('address', 'names no machine', "Write address: ['host:31767'].")]

/** What is wrong with the fields of one kind; the other kinds have no rules of their own here. */
export const kindRefusals: Record<string, (spec: AnySpec) => Refusal[]> = {
  PodChaos: podChaos,
  NetworkChaos: networkChaos,
  StressChaos: stressChaos,
  HTTPChaos: httpChaos,
  IOChaos: ioChaos,
  DNSChaos: dnsChaos,
  TimeChaos: timeChaos,
  BlockChaos: blockChaos,
  PhysicalMachineChaos: physicalMachineChaos,
}
