import { describe, expect, it } from 'vitest'
import { checkChoice } from './choice.ts'

describe('a cluster is named, never taken', () => {
  it('needs a context and a namespace', () => {
    expect(() => checkChoice({ namespace: 'shop' })).toThrow('needs --context')
    expect(() => checkChoice({ context: 'kind' })).toThrow('needs --namespace')
    expect(checkChoice({ context: 'kind', namespace: 'shop' })).toBe('shop')
    expect(checkChoice({ inCluster: true, namespace: 'shop' })).toBe('shop')
  })

  it('refuses two places at once and what is no name', () => {
    expect(() => checkChoice({ inCluster: true, context: 'kind', namespace: 'shop' })).toThrow('does not go with')
    expect(() => checkChoice({ inCluster: true, kubeconfig: 'k', namespace: 'shop' })).toThrow('--kubeconfig')
    for (const namespace of ['', 'Shop', 'a/b', '-a', 'a'.repeat(64)])
      expect(() => checkChoice({ context: 'kind', namespace })).toThrow('is no name of a namespace')
  })
})
