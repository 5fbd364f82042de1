import { describe, expect, it } from 'vitest'
import { checkChoice, looksLikeProduction, refuseProduction } from './choice.ts'

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

describe('production', () => {
  it.each(['prod', 'prod-eu', 'eu_production', 'PROD1', 'shop.live', 'prd', 'gke_prod-1_eu', 'preprod-and-prod'])(
    '%s looks like it',
    (context) => expect(looksLikeProduction({ context })).toBe(`context "${context}"`),
  )
  it.each(['preprod', 'pre-prod', 'non-production', 'products', 'alive', 'liverpool', 'staging', '', null, undefined])(
    '%s does not',
    (context) => expect(looksLikeProduction({ context })).toBeNull(),
  )

  it('is refused unless it was allowed, whichever name says it', () => {
    const names = { context: 'kind', namespace: 'shop', server: 'api.prod.example.com:6443' }
    expect(() => refuseProduction(names, false)).toThrow('the server "api.prod.example.com:6443" looks like production')
    expect(() => refuseProduction(names, true)).not.toThrow()
  })
})
