import type { Document, Node } from 'yaml'
import { LineCounter, parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { Gate, Objective } from '../model/objective.ts'
import { issuesOf, pathText } from '../model/parse.ts'
import { objectiveOf, proportionOf } from './objectives.ts'
import type { IndicatorSpec, SloDocument } from './openslo.ts'
import {
  ignoredKinds,
  resilienceApiVersion,
  resilienceSchema,
  sliSchema,
  sloSchema,
  uncheckedSchema,
} from './openslo.ts'

/** What an SLO file holds. */
export interface SloFile {
  objectives: Objective[]
  /** Documented numbers that nothing here checks. */
  unchecked: UncheckedTarget[]
  /** Lines about what is allowed and probably not meant. */
  warnings: string[]
}

/** The owners' words, and why they cannot be checked. */
export interface UncheckedTarget {
  id: string
  source: string
  reason: string
}

/**
 * Reads a file of OpenSLO v1 documents and ResilienceObjectives.
 * @param file Its name, for errors: `slos/batchsender.yaml:12: spec.objectives[0].target: ...`.
 * @throws HoldfastError with the first thing that is wrong.
 */
export const parseSloFile = (text: string, file: string): SloFile => {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  if (!Array.isArray(documents) || documents.length === 0) throw new HoldfastError(`${file}: is empty`)
  const sources = documents
    .map((document) => new SourceDocument(document, lines, file))
    .filter((source) => !source.isEmpty)
  const indicators = new Map(
    sources
      .filter((source) => source.kind === 'SLI')
      .map((source) => {
        refuseForeign(source)
        const sli = source.parse(sliSchema)
        return [sli.metadata.name, sli.spec]
      }),
  )
  const warnings: string[] = []
  const objectives = sources.flatMap((source) => objectivesOf(source, indicators, warnings))
  if (objectives.length === 0) throw new HoldfastError(`${file}: holds no objective`)
  const unchecked = sources
    .filter(({ kind }) => kind === 'UncheckedTarget')
    .map((source) => {
      const { metadata, spec } = source.parse(uncheckedSchema)
      return { id: metadata.name, ...spec }
    })
  return { objectives, unchecked, warnings }
}

const objectivesOf = (
  source: SourceDocument,
  indicators: Map<string, IndicatorSpec>,
  warnings: string[],
): Objective[] => {
  if (source.kind === 'SLO') return fromSlo(source, indicators, warnings)
  if (source.kind === 'ResilienceObjective') return [fromResilience(source)]
  if (source.kind === 'UncheckedTarget') return []
  if (source.kind === 'SLI' || ignoredKinds.includes(source.kind)) {
    if (source.apiVersion === 'openslo/v1') return []
    throw source.error(['apiVersion'], `${shown(source.apiVersion)} is not allowed`, 'Allowed: openslo/v1.')
  }
  throw source.error(
    ['kind'],
    `${shown(source.kind)} is not allowed`,
    'Allowed: SLO, SLI, ResilienceObjective, UncheckedTarget.',
  )
}

const fromResilience = (source: SourceDocument): Objective => {
  const { metadata, spec } = source.parse(resilienceSchema)
  return source.within(['spec'], () =>
    objectiveOf({
      name: metadata.name,
      title: metadata.displayName ?? metadata.name,
      ...spec,
      source: spec.source ?? source.file,
    }),
  )
}

/** What a document for other tools differs in comes first: its unknown keys only follow from it. */
const refuseForeign = (source: SourceDocument): void => {
  const refuse = (path: string[], allowed: string, what: string, hint: string): void => {
    const value = source.at(path)
    if (value !== undefined && value !== allowed) throw source.error(path, what.replace('%', shown(value)), hint)
  }
  refuse(['apiVersion'], 'openslo/v1', '% is not allowed', 'Allowed: openslo/v1.')
  refuse(['spec', 'budgetingMethod'], 'Occurrences', '% is not allowed', 'Allowed: Occurrences.')
  const spec = source.kind === 'SLI' ? ['spec'] : ['spec', 'indicator', 'spec']
  for (const metric of [['thresholdMetric'], ...['good', 'bad', 'total'].map((part) => ['ratioMetric', part])]) {
    const hint = 'Write type: holdfast, or a ResilienceObjective with a query for Prometheus.'
    refuse([...spec, ...metric, 'metricSource', 'type'], 'holdfast', '% is not read', hint)
  }
}

const fromSlo = (source: SourceDocument, indicators: Map<string, IndicatorSpec>, warnings: string[]): Objective[] => {
  refuseForeign(source)
  const { metadata, spec } = source.parse(sloSchema)
  const indicator = spec.indicator?.spec ?? indicators.get(spec.indicatorRef ?? '')
  if (!indicator) {
    const names = [...indicators.keys()].join(', ') || 'none'
    throw source.error(
      ['spec', 'indicatorRef'],
      `${shown(spec.indicatorRef)} is no SLI of this file`,
      `There are: ${names}.`,
    )
  }
  const annotation = (name: string) => metadata.annotations?.[`holdfast.dev/${name}`]
  const at = (name: string) => ['metadata', 'annotations', `holdfast.dev/${name}`]
  const gate = annotation('gate') ?? 'required'
  if (!isGate(gate))
    throw source.error(at('gate'), `${shown(gate)} is not allowed`, 'Allowed: required, advisory, info.')
  const traffic = annotation('production-traffic')
  const productionPerSecond = traffic === undefined ? null : perSecond(traffic)
  if (productionPerSecond === undefined)
    throw source.error(at('production-traffic'), `${shown(traffic)} is no rate`, 'Write 1000/h or 50/s.')
  const [window] = spec.timeWindow ?? []
  if (window && /m$/.test(window.duration)) {
    warnings.push(
      `${source.place(['spec', 'timeWindow', 0, 'duration'])}: ${window.duration} means minutes; months are M`,
    )
  }
  return spec.objectives.map((objective, i) => {
    const path = ['spec', 'objectives', i]
    if (indicator.ratioMetric && (objective.op !== undefined || objective.value !== undefined)) {
      warnings.push(`${source.place(path)}: op and value say nothing for a ratio metric`)
    }
    const context = {
      id: spec.objectives.length === 1 ? metadata.name : `${metadata.name}-${i + 1}`,
      title: titleOf({ metadata, spec }, i),
      gate,
      source: annotation('source') ?? source.file,
      budgetWindowMs: window ? windowMs(window.duration) : null,
      productionPerSecond,
    }
    return source.within(path, () => proportionOf(context, indicator, objective))
  })
}

const titleOf = ({ metadata, spec }: Pick<SloDocument, 'metadata' | 'spec'>, i: number): string => {
  const title = metadata.displayName ?? metadata.name
  return spec.objectives.length === 1 ? title : `${title}: ${spec.objectives[i]?.displayName ?? i + 1}`
}

const isGate = (text: string): text is Gate => text === 'required' || text === 'advisory' || text === 'info'

const perSecond = (text: string): number | undefined => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\/(s|min|h|d)$/.exec(text) ?? []
  return unit === undefined
    ? undefined
    : Number(number) / { s: 1, min: 60, h: 3600, d: 86_400 }[unit as 's' | 'min' | 'h' | 'd']
}

/** Months, quarters and years by their usual length in SLOs: 30, 90 and 365 days. */
const windowMs = (duration: string): number => {
  const unit = duration.slice(-1) as 'm' | 'h' | 'd' | 'w' | 'M' | 'Q' | 'Y'
  return (
    Number(duration.slice(0, -1)) *
    60_000 *
    { m: 1, h: 60, d: 1440, w: 10_080, M: 43_200, Q: 129_600, Y: 525_600 }[unit]
  )
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

/** One YAML document that knows its lines. */
class SourceDocument {
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #value: unknown
  readonly file: string

  constructor(document: Document, lines: LineCounter, file: string) {
    this.#document = document
    this.#lines = lines
    this.file = file
    const [first] = document.errors
    if (first) throw new HoldfastError(`${file}:${lines.linePos(first.pos[0]).line}: ${first.message.split('\n')[0]}`)
    try {
      this.#value = document.toJS()
    } catch (error) {
      throw new HoldfastError(`${this.place([])}: ${messageOf(error)}`, { cause: error })
    }
    if (!this.isEmpty && (typeof this.#value !== 'object' || Array.isArray(this.#value))) {
      throw new HoldfastError(`${this.place([])}: is no document with apiVersion and kind`)
    }
  }

  get isEmpty(): boolean {
    return this.#value === null || this.#value === undefined
  }

  get kind(): string {
    return this.#text('kind', resilienceApiVersion)
  }

  get apiVersion(): string {
    return this.#text('apiVersion', 'openslo/v1')
  }

  /** The value at a path; undefined where there is none. */
  at(path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      this.#value,
    )
  }

  parse<T>(schema: z.ZodType<T>): T {
    const [issue] = issuesOf(schema, this.#value)
    if (issue) throw this.error(issue.path, issue.message, issue.hint)
    return schema.parse(this.#value)
  }

  /** Runs `work`; what it throws gets the file, the line, and `path` before its own key. */
  within<T>(path: PropertyKey[], work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      const [, key, message] = /^(\w+): (.*)$/s.exec(error.message) ?? [undefined, undefined, error.message]
      throw this.error(key === undefined ? path : [...path, key], message ?? '', error.hint)
    }
  }

  error(path: readonly PropertyKey[], message: string, hint?: string): HoldfastError {
    const key = pathText(path)
    return new HoldfastError(
      `${this.place(path)}: ${key === '' ? '' : `${key}: `}${message}`,
      hint === undefined ? {} : { hint },
    )
  }

  /** `slos/batchsender.yaml:12`: the line of the value, or of the nearest thing around it that is there. */
  place(path: readonly PropertyKey[]): string {
    for (let length = path.length; length >= 0; length--) {
      const at = path.slice(0, length)
      const node = length === 0 ? this.#document.contents : (this.#document.getIn(at, true) as Node | undefined)
      if (node?.range) return `${this.file}:${this.#lines.linePos(node.range[0]).line}`
    }
    return this.file
  }

  #text(key: 'kind' | 'apiVersion', hintOf: string): string {
    const value = (this.#value as Record<string, unknown>)[key]
    if (typeof value === 'string') return value
    throw this.error(
      [key],
      value === undefined ? 'is missing' : `${shown(value)} is not allowed`,
      `Write ${key}, for instance with ${hintOf}.`,
    )
  }
}
