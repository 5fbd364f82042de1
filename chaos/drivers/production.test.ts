import { describe, expect, it } from 'vitest'
import { looksLikeProduction, refuseProduction } from './production.ts'

describe('production', () => {
  it.each([
    ...[
      'prod',
      'prod-eu',
      'eu_production',
      'PROD1',
      'shop.live',
      'prd',
      'gke_prod-1_eu',
      'preprod-and-prod',
      'live-prod',
    ],
    ...['pinot-prod', 'canon-prod', 'dupre-prod', 'lebanon-production', 'shopprod', 'prodshop', 'productionk8s'],
    ...['production1', 'prd2', 'eu-prod01-shop', 'ProductionEU', 'api.prod.example.com:6443', 'no-prod', 'prods'],
  ])('%s looks like it', (context) => expect(looksLikeProduction({ context })).toBe(`context "${context}"`))

  it.each([
    ...['preprod', 'pre-prod', 'preprod2', 'non-production', 'nonprod', 'not_prod', 'staging', 'alive', 'liverpool'],
    ...['products', 'product-api', 'producer', 'reproduction', 'kind-holdfast', '127.0.0.1:8080', '', null, undefined],
  ])('%s does not', (context) => expect(looksLikeProduction({ context })).toBeNull())

  it('is refused unless it was allowed, whichever name says it', () => {
    const names = { context: 'kind', namespace: 'shop', server: 'api.prod.example.com:6443' }
    expect(() => refuseProduction(names, false)).toThrow('the server "api.prod.example.com:6443" looks like production')
    expect(() => refuseProduction(names, true)).not.toThrow()
  })
})
