import type { Selector } from '../crds/chaos-mesh.ts'
import { admission, isThere, ours, type Refusal, record } from './refusal.ts'

/**
 * What is wrong with a selector.
 * @param at where it stands below `spec`: `target.selector`
 */
export const selectorRefusals = (selector: unknown, at: string): Refusal[] => {
  const wrong = isThere(selector) ? shapeRefusals(selector, at) : []
  return wrong.length > 0 ? wrong : narrownessRefusals(selector, at)
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isList = (isOne: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isOne)
const isMap = (isOne: (value: unknown) => boolean) => (value: unknown) =>
  isObject(value) && Object.values(value).every(isOne)
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Shape {
  fits: (value: unknown) => boolean
  hint: string
}

const labels: Shape = { fits: isMap(isText), hint: "Write names and values as texts: { app: 'web' }." }
const names: Shape = { fits: isList(isText), hint: "Write a list of texts: ['a']." }

const shapes: Record<keyof Selector, Shape> = {
  annotationSelectors: labels,
  expressionSelectors: {
    fits: isList((value) => {
      const { key, operator, values } = record(value)
      return isText(key) && isText(operator) && (!isThere(values) || isList(isText)(values))
    }),
    hint: "Write a list: [{ key: 'app', operator: 'In', values: ['web'] }].",
  },
  fieldSelectors: labels,
  labelSelectors: labels,
  namespaces: names,
  nodeSelectors: labels,
  nodes: names,
  podPhaseSelectors: names,
  pods: { fits: isMap(isList(isText)), hint: "Write the names by namespace: { shop: ['web-1'] }." },
}

/** The API server would drop what it does not know, and the rest may select everything. */
const shapeRefusals = (selector: unknown, at: string): Refusal[] => {
  if (!isObject(selector)) return [admission(at, 'is no object', "Write { labelSelectors: { app: 'web' } }.")]
  return Object.entries(selector).flatMap(([key, value]) => {
    if (!Object.hasOwn(shapes, key))
      return [admission(`${at}.${key}`, 'is not known', `There are: ${Object.keys(shapes).join(', ')}.`)]
    const { fits, hint } = shapes[key as keyof Selector]
    return !isThere(value) || fits(value) ? [] : [admission(`${at}.${key}`, 'has another shape', hint)]
  })
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** It must say which pods; namespaces and phases do not. */
const narrownessRefusals = (selector: unknown, at: string): Refusal[] => {
  const { pods, namespaces: _namespaces, podPhaseSelectors: _phases, ...narrowing } = record(selector) as Selector
  const isEmpty = (value: object | undefined) => !isThere(value) || Object.keys(value ?? {}).length === 0
  const others = Object.entries(narrowing).filter(([, value]) => !isEmpty(value))
  if (!isEmpty(pods) && others.length > 0) {
    const found = others.map(([name]) => name).join(', ')
    return [ours(at, `Chaos Mesh ignores ${found} beside pods`, 'Use either pods or labels.')]
  }
  const operator = narrowing.expressionSelectors?.find((one) => !operators.includes(one.operator))?.operator
  if (operator !== undefined)
    return [ours(`${at}.expressionSelectors`, `"${operator}" is no operator`, `There are: ${operators.join(', ')}.`)]
  if (!isEmpty(pods) || others.length > 0) return []
  return [
    ours(
      at,
      `is ${isThere(selector) ? 'empty' : 'missing'}, which means every pod of the namespace`,
      'Name the labels of the pods: labelSelectors.',
    ),
  ]
}
